package theme

// The house's own: the greens of tea leaves, the ambers of what is in the cup,
// the brick of the stove, and greys.

func teaDark() palette {
	return palette{
		name: "tea-dark", dark: true,
		accent:  tone{hex: "#a9c27e", ansi256: "150", ansi: "2"},
		good:    tone{hex: "#8fbf7f", ansi256: "114", ansi: "2"},
		warning: tone{hex: "#e3b566", ansi256: "179", ansi: "11"},
		fresh:   tone{hex: "#d9936a", ansi256: "173", ansi: "11"},
		failed:  tone{hex: "#e5806f", ansi256: "203", ansi: "9"},
		dim:     tone{hex: "#9a9a8c", ansi256: "246"},
		faint:   tone{hex: "#8a8a7e", ansi256: "245"},
		line:    tone{hex: "#4a4a44", ansi256: "239"},
		authors: tones(
			"#8dbfb3 109", "#e3b566 179", "#9db4e0 110", "#e0957b 173", "#d3cb7b 186", "#d69bb8 175",
			"#7fc7c9 116", "#e8a860 215", "#c7b6e8 183", "#b5cfa8 151", "#d9a0a0 181", "#b0a8d8 146",
		),
		few: sixteen("6", "11", "13", "10", "14", "7"),
	}
}

func teaLight() palette {
	return palette{
		name:    "tea-light",
		accent:  tone{hex: "#4f6f2a", ansi256: "58", ansi: "4"},
		good:    tone{hex: "#3f7030", ansi256: "22", ansi: "4"},
		warning: tone{hex: "#8a5a00", ansi256: "94", ansi: "5"},
		fresh:   tone{hex: "#a0452c", ansi256: "130", ansi: "1"},
		failed:  tone{hex: "#b03028", ansi256: "124", ansi: "1"},
		dim:     tone{hex: "#62625a", ansi256: "241"},
		faint:   tone{hex: "#70706a", ansi256: "242"},
		line:    tone{hex: "#c4c4b8", ansi256: "250"},
		authors: tones(
			"#2f6f66 23", "#8a5a00 94", "#3a5ba0 25", "#a0452c 130", "#6e6410 58", "#97386b 125",
			"#1f6a80 24", "#7a4a2e 88", "#6a4fa3 61", "#4a7044 28", "#96404a 95", "#5b4b8a 60",
		),
		few: sixteen("4", "5", "1", "12", "0"),
	}
}
