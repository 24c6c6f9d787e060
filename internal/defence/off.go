//go:build undefended

package defence

// On is false: whatever is lost stays lost.
const On = false
