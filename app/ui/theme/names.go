package theme

import "github.com/muesli/termenv"

// Auto is the name of the theme that goes by the terminal's background.
const Auto = "auto"

// Names lists the themes that there are to choose from, Auto first.
func Names() []string {
	names := []string{Auto}
	for _, p := range palettes() {
		names = append(names, p.name)
	}
	return names
}

// Named makes the theme of a name, for a profile of termenv's or Monochrome.
// Auto, and a name that there is none of, give the house's colours for the
// terminal's background. Every other name is taken at its word: whoever chose
// it may know more than the terminal tells. Theme.Dark says for which
// background the colours are.
func Named(name string, p termenv.Profile, darkBackground bool) *Theme {
	for _, colours := range palettes() {
		if colours.name == name {
			return build(colours, p)
		}
	}
	if darkBackground {
		return build(teaDark(), p)
	}
	return build(teaLight(), p)
}
