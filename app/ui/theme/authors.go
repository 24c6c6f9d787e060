package theme

import "github.com/muesli/termenv"

// authorInks lists the colours of people. Neighbours in the list differ most,
// since people who come one after the other are neighbours. Of 16 colours few
// read well on one background, and the list is shorter.
func authorInks(p termenv.Profile) []ink {
	if p == termenv.ANSI {
		return []ink{
			{dark: tone{ansi: "6"}, light: tone{ansi: "4"}},
			{dark: tone{ansi: "3"}, light: tone{ansi: "5"}},
			{dark: tone{ansi: "5"}, light: tone{ansi: "2"}},
			{dark: tone{ansi: "12"}, light: tone{ansi: "1"}},
			{dark: tone{ansi: "10"}, light: tone{ansi: "6"}},
			{dark: tone{ansi: "13"}, light: tone{ansi: "12"}},
		}
	}
	return []ink{
		{dark: tone{"#8dbfb3", "109", ""}, light: tone{"#2f6f66", "23", ""}},
		{dark: tone{"#e3b566", "179", ""}, light: tone{"#8a5a00", "94", ""}},
		{dark: tone{"#9db4e0", "110", ""}, light: tone{"#3a5ba0", "25", ""}},
		{dark: tone{"#e0957b", "173", ""}, light: tone{"#a0452c", "130", ""}},
		{dark: tone{"#d3cb7b", "186", ""}, light: tone{"#6e6410", "58", ""}},
		{dark: tone{"#d69bb8", "175", ""}, light: tone{"#97386b", "125", ""}},
		{dark: tone{"#7fc7c9", "116", ""}, light: tone{"#1f6a80", "24", ""}},
		{dark: tone{"#e8a860", "215", ""}, light: tone{"#7a4a2e", "88", ""}},
		{dark: tone{"#c7b6e8", "183", ""}, light: tone{"#6a4fa3", "61", ""}},
		{dark: tone{"#b5cfa8", "151", ""}, light: tone{"#4a7044", "28", ""}},
		{dark: tone{"#d9a0a0", "181", ""}, light: tone{"#96404a", "95", ""}},
		{dark: tone{"#b0a8d8", "146", ""}, light: tone{"#5b4b8a", "60", ""}},
	}
}
