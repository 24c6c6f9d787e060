package theme

// night is for the small hours: moonlight, and what neon leaves on wet streets.
func night() palette {
	return palette{
		name: "night", dark: true,
		accent:  tone{hex: "#8fb8f5", ansi256: "111", ansi: "14"},
		good:    tone{hex: "#7fd1ae", ansi256: "79", ansi: "10"},
		warning: tone{hex: "#e0b872", ansi256: "179", ansi: "11"},
		fresh:   tone{hex: "#c9a0e4", ansi256: "177", ansi: "13"},
		failed:  tone{hex: "#f58a97", ansi256: "210", ansi: "9"},
		dim:     tone{hex: "#9aa4be", ansi256: "248"},
		faint:   tone{hex: "#8892ad", ansi256: "246"},
		line:    tone{hex: "#474f68", ansi256: "240"},
		authors: tones(
			"#83b4f3 111", "#f7a885 216", "#4fc6c6 44", "#efa2cd 218", "#94c07c 107", "#b6b4ff 147",
			"#d8a761 179", "#6bccf1 81", "#ec959c 210", "#77d3ad 79", "#ca9ddf 176", "#c8c26f 186",
		),
		few: sixteen("14", "13", "10", "11", "6", "7"),
	}
}
