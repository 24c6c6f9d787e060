package theme

// paper is ink on paper, which may be cream: blue-black, sepia, and the red of
// a teacher.
func paper() palette {
	return palette{
		name:    "paper",
		accent:  tone{hex: "#1c4f86", ansi256: "24", ansi: "4"},
		good:    tone{hex: "#2e6420", ansi256: "22", ansi: "4"},
		warning: tone{hex: "#7c4f00", ansi256: "94", ansi: "5"},
		fresh:   tone{hex: "#94381c", ansi256: "88", ansi: "1"},
		failed:  tone{hex: "#a81f2c", ansi256: "124", ansi: "1"},
		dim:     tone{hex: "#5c5647", ansi256: "240"},
		faint:   tone{hex: "#696252", ansi256: "241"},
		line:    tone{hex: "#bfb59a", ansi256: "248"},
		authors: tones(
			"#16558c 25", "#964a2f 124", "#00625e 23", "#8c4877 126", "#3e5e0e 22", "#585aa0 55",
			"#784500 94", "#006a85 24", "#833444 88", "#0b6e48 59", "#653f7f 90", "#6a5c00 58",
		),
		few: sixteen("4", "1", "5", "0", "12"),
	}
}
