package theme

// High contrast, for eyes that need it and for bright rooms: everything has
// seven times the light of its background or a seventh of it (WCAG 2, level
// AAA), the lines between the parts too. Of 16 colours five do on black, and
// two on white; there an underline tells apart what a colour cannot.

func contrastDark() palette {
	return palette{
		name: "contrast-dark", dark: true, high: true,
		accent:  tone{hex: "#7fe0ff", ansi256: "117", ansi: "14"},
		good:    tone{hex: "#90f090", ansi256: "120", ansi: "10"},
		warning: tone{hex: "#ffd75f", ansi256: "221", ansi: "11"},
		fresh:   tone{hex: "#ffb870", ansi256: "215", ansi: "11"},
		failed:  tone{hex: "#ff9d9d", ansi256: "217", ansi: "11", under: true},
		dim:     tone{hex: "#c8c8c8", ansi256: "251", ansi: "7"},
		faint:   tone{hex: "#b4b4b4", ansi256: "249", ansi: "7"},
		line:    tone{hex: "#b4b4b4", ansi256: "249", ansi: "7"},
		authors: tones(
			"#28d6df 44", "#ffb9d9 218", "#90d281 114", "#d0c9ff 189", "#e9b452 179", "#91ddff 117",
			"#ff9f9f 210", "#6aecc4 86", "#e3a2f2 183", "#d6d86e 185", "#98bffe 111", "#ffc19f 216",
		),
		few: sixteen("14", "11", "10", "15", "7"),
	}
}

func contrastLight() palette {
	return palette{
		name: "contrast-light", high: true,
		accent:  tone{hex: "#00408a", ansi256: "19", ansi: "4"},
		good:    tone{hex: "#0a5200", ansi256: "22", ansi: "4"},
		warning: tone{hex: "#6b3d00", ansi256: "52", ansi: "4"},
		fresh:   tone{hex: "#8a1a00", ansi256: "88", ansi: "4"},
		failed:  tone{hex: "#96000f", ansi256: "124", ansi: "4", under: true},
		dim:     tone{hex: "#3c3c3c", ansi256: "237", ansi: "0"},
		faint:   tone{hex: "#4c4c4c", ansi256: "239", ansi: "0"},
		line:    tone{hex: "#4c4c4c", ansi256: "239", ansi: "0"},
		authors: tones(
			"#0b3880 20", "#853300 88", "#004a50 23", "#812a5a 89", "#044c00 22", "#513f91 56",
			"#5f3000 52", "#005980 18", "#72101f 124", "#006147 236", "#591e66 90", "#555400 53",
		),
		few: []tone{{ansi: "4"}, {ansi: "0"}, {ansi: "4", under: true}, {ansi: "0", under: true}},
	}
}
