package load

// tokenLetters leaves out the letter that fills lines up.
const tokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyz0123456789"

// token is the text by which message i is known again. Two tokens less than 41
// messages apart differ in every column, so that a screen which sends only what
// changes in a row still sends a token whole.
func token(i int) []byte {
	t := make([]byte, 0, 6)
	for column, prime := range [...]int{61, 59, 53, 47, 43, 41} {
		t = append(t, tokenLetters[(i*7+column*11)%prime])
	}
	return t
}
