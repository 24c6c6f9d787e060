package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"unicode/utf8"
)

// limitLine is longer than any line that is written, in bytes.
const limitLine = 8 << 20

// FileError is what is wrong with a file, and where.
type FileError struct {
	Line int64
	Text string
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// Reader reads what a Writer wrote. It is for one goroutine.
type Reader struct {
	lines *bufio.Scanner
	size  int64 // of what was read, in bytes
	id    string
	tally tally
	ended bool
}

// NewReader reads the first line: an error says what the file is instead.
func NewReader(r io.Reader) (*Reader, error) {
	a := &Reader{lines: bufio.NewScanner(r), tally: newTally()}
	a.lines.Buffer(make([]byte, 64<<10), limitLine)
	a.lines.Split(wholeLines)
	line, err := a.read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, a.fault("the file is empty")
	case err != nil && !newer(a.lines.Bytes()):
		return nil, a.fault("this is not what teahouse export writes: %s", reason(err))
	case err != nil || line.Header != nil && line.Header.Format > Format:
		return nil, a.fault("the file is of a format newer than %d, which is the one that this teahouse reads: take the teahouse that wrote it, or a newer one", Format)
	case line.Header == nil:
		return nil, a.fault("this is not what teahouse export writes: its first line has a field teahouse_export")
	case line.Header.Format < 1 || line.Header.ID == "":
		return nil, a.fault("the first line has no format or no id")
	}
	a.id = line.Header.ID
	return a, nil
}

// reason is what is wrong with a line, without its number.
func reason(err error) string {
	var fault *FileError
	if errors.As(err, &fault) {
		return fault.Text
	}
	return err.Error()
}

// newer tells whether a line that cannot be read is the first of a format to come.
func newer(line []byte) bool {
	var first struct {
		Header struct {
			Format int `json:"format"`
		} `json:"teahouse_export"`
	}
	return json.Unmarshal(line, &first) == nil && first.Header.Format > Format
}

// wholeLines splits into lines that have an end. What has none is cut off: the
// writer did not come to its end.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// ID is the export's own, from the first line.
func (a *Reader) ID() string { return a.id }

// Lines is how many lines were read so far.
func (a *Reader) Lines() int64 { return a.tally.lines }

// Next returns the next line. At the end it is io.EOF, but only when the file
// says itself that it is complete. All other errors are a *FileError, or the
// underlying reader's.
func (a *Reader) Next() (Line, error) {
	line, err := a.read()
	switch {
	case errors.Is(err, io.EOF) && !a.ended, errors.Is(err, io.ErrUnexpectedEOF):
		return line, a.fault("the file ends here, before its end: the export was interrupted. Go on with it: teahouse export --to FILE")
	case err != nil:
		return line, err
	case a.ended:
		return line, a.fault("something follows behind the end")
	case line.Header != nil:
		return line, a.fault("another export begins here: give one file for each")
	case line.End != nil && !maps.Equal(line.End.Lines, a.tally.end().Lines):
		return line, a.fault("lines are missing, or there are too many: the file has %v, and should have %v", a.tally.end().Lines, line.End.Lines)
	}
	a.ended = line.End != nil
	return line, nil
}

// fault is an error about the line read last.
func (a *Reader) fault(format string, args ...any) error {
	return &FileError{Line: max(a.tally.lines, 1), Text: fmt.Sprintf(format, args...)}
}

// read takes a line, io.EOF at the end of the text, and io.ErrUnexpectedEOF
// where the last line is cut off.
func (a *Reader) read() (line Line, err error) {
	if !a.lines.Scan() {
		err := a.lines.Err()
		a.tally.lines++
		switch {
		case err == nil:
			return line, io.EOF
		case errors.Is(err, bufio.ErrTooLong):
			return line, a.fault("the line is longer than any that an export has")
		}
		return line, err
	}
	text := a.lines.Bytes()
	a.size += int64(len(text)) + 1
	a.tally.lines++
	if line, err = parse(text); err != nil {
		return line, a.fault("%s", err)
	}
	a.tally.counts[line.kind()]++
	return line, nil
}

// parse reads a line strictly. Its errors are worded for the operator.
func parse(text []byte) (line Line, err error) {
	if !utf8.Valid(text) {
		return line, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&line); err != nil {
		return line, inWords(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return line, errors.New("something follows behind the JSON object")
	}
	if line.kind() < 0 {
		return line, errors.New("it is not one record")
	}
	return line, line.check()
}

func inWords(err error) error {
	if found := regexp.MustCompile(`unknown field (".*")`).FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("there is a field %s, which this teahouse does not know: take the one that wrote the file, or a newer one", found[1])
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("the field %s cannot be a %s", kind.Field, kind.Value)
	}
	return fmt.Errorf("it cannot be read as JSON: %w", err)
}

// Verify reads a whole file, and tells how many lines it has.
func Verify(r io.Reader) (id string, lines int64, err error) {
	a, err := NewReader(r)
	if err != nil {
		return "", 0, err
	}
	for {
		_, err := a.Next()
		if errors.Is(err, io.EOF) {
			return a.ID(), a.tally.lines - 1, nil
		}
		if err != nil {
			return "", 0, err
		}
	}
}
