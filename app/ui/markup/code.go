package markup

import (
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/yuin/goldmark/ast"
)

// word is what kind of word of a programming language a piece of code is.
type word uint8

const (
	wordOther word = iota
	wordKeyword
	wordType
	wordLiteral
	wordNumber
	wordComment
	wordInserted
	wordDeleted
)

// patience is how long one block of code may keep a session from being drawn.
// What takes longer stays without colours from there on. A single word counts a
// third of it at most: it may be the machine that stood still.
const patience = 50 * time.Millisecond

// languages are those that people write in a chat. Others, and there are
// hundreds, are not worth what it takes to know that nothing hostile makes
// their patterns run for long.
func languages() []string {
	return []string{
		"awk", "bash", "c", "c++", "cpp", "css", "diff", "docker", "dockerfile", "go", "golang", "graphql", "hcl", "html",
		"ini", "java", "javascript", "js", "json", "jsx", "kotlin", "lua", "make", "makefile", "nginx", "nix", "patch",
		"php", "protobuf", "py", "python", "rb", "ruby", "rust", "rs", "sh", "shell", "sql", "swift", "terraform", "toml",
		"ts", "tsx", "typescript", "xml", "yaml", "yml", "zig",
	}
}

func isLanguage(name string) bool { return slices.Contains(languages(), strings.ToLower(name)) }

// fence reads a block of code. Where marks stay, it looks as it was typed;
// elsewhere the language is not shown, where it is one.
func (r *reader) fence(b *ast.FencedCodeBlock) {
	first := line{quotes: r.quotes, code: true}
	r.gap(b.Pos(), first.quotes)
	info := ""
	if b.Info != nil {
		info = string(b.Info.Value(r.source))
	}
	if r.marks >= keepTicks {
		r.doc = append(r.doc, first.saying("```"+info))
	} else if info != "" && !isLanguage(info) {
		r.doc = append(r.doc, first.saying(info))
	}
	var code strings.Builder
	for i := range b.Lines().Len() {
		segment := b.Lines().At(i)
		code.Write(segment.Value(r.source))
	}
	language, _, _ := strings.Cut(info, " ")
	r.code(first, language, strings.TrimSuffix(code.String(), "\n"))
	if r.marks >= keepTicks {
		r.doc = append(r.doc, first.saying("```"))
	}
	r.seen = max(r.seen, b.Pos())
}

func (l line) saying(text string) line {
	l.spans = []span{{text: text}}
	return l
}

// code adds lines of code.
func (r *reader) code(l line, language, code string) {
	spans := colour(language, code)
	l.known = len(spans) > 1
	r.doc = append(r.doc, l)
	for _, s := range spans {
		for i, part := range strings.Split(s.text, "\n") {
			if i > 0 {
				r.doc = append(r.doc, l)
			}
			r.last().add(span{text: part, word: s.word})
		}
	}
}

// colour tells the words of code apart. What the pieces say is the code.
func colour(language, code string) []span {
	whole := []span{{text: code}}
	if !isLanguage(language) {
		return whole
	}
	lexer := lexers.Get(language)
	if lexer == nil {
		return whole
	}
	next, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, code)
	if err != nil {
		return whole
	}
	return tokens(next, code)
}

// tokens takes as many words as its patience is for. A lexer may change what it
// is given, by a line's end or so: from where it does, the rest stays as it is.
func tokens(next chroma.Iterator, code string) (spans []span) {
	for spent := time.Duration(0); code != "" && spent < patience; {
		began := time.Now()
		token := next()
		spent += min(time.Since(began), patience/3+1)
		n := min(len(token.Value), len(code))
		if token == chroma.EOF || token.Value[:n] != code[:n] {
			break
		}
		spans = append(spans, span{text: code[:n], word: wordOf(token.Type)})
		code = code[n:]
	}
	return append(spans, span{text: code})
}

func wordOf(t chroma.TokenType) word {
	switch {
	case t == chroma.KeywordType || t == chroma.NameClass || t == chroma.NameBuiltin || t == chroma.NameTag:
		return wordType
	case t.InCategory(chroma.Keyword) || t == chroma.OperatorWord:
		return wordKeyword
	case t.InSubCategory(chroma.LiteralNumber):
		return wordNumber
	case t.InCategory(chroma.Literal):
		return wordLiteral
	case t.InCategory(chroma.Comment):
		return wordComment
	case t == chroma.GenericInserted:
		return wordInserted
	case t == chroma.GenericDeleted:
		return wordDeleted
	}
	return wordOther
}
