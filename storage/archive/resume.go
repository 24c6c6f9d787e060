package archive

import (
	"errors"
	"fmt"
	"io"

	"teahouse/app/chat"
)

// File is where an export can be gone on with; an *os.File is one.
type File interface {
	io.ReadWriteSeeker
	Truncate(size int64) error
}

// ErrComplete is the answer of Resume for a file that lacks nothing.
var ErrComplete = errors.New("the export in it is complete")

// Resume goes on with an export that was interrupted, or begins one in an
// empty file. The messages that are there stay; what stands behind them, and a
// line that was cut off, is removed, to be written as it is by now. A file
// that is something else is an error and stays as it is.
func Resume(f File, by string) (*Writer, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("looking into the file: %w", err)
	case size == 0:
		return NewWriter(f, by)
	}
	a, err := NewReader(f)
	if err != nil {
		return nil, err
	}
	kept, err := a.messages()
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(kept.size); err != nil {
		return nil, fmt.Errorf("cutting off what was not finished: %w", err)
	}
	if _, err := f.Seek(kept.size, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going on in the file: %w", err)
	}
	return newWriter(f, kept.tally, kept.logs), nil
}

// kept is what stays of a file.
type kept struct {
	size  int64
	tally tally
	logs  map[chat.RoomID]*Reach
}

// messages reads the whole file, and finds where its messages end.
func (a *Reader) messages() (*kept, error) {
	found := &kept{size: a.size, tally: newTally(), logs: map[chat.RoomID]*Reach{}}
	header := Line{Header: &Header{}}
	found.tally.add(header.kind())
	for past := false; ; {
		line, err := a.read()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return found, nil
		case err != nil:
			return nil, err
		case line.End != nil:
			return nil, ErrComplete
		}
		past = past || line.Log == nil && line.Message == nil
		if past {
			continue
		}
		found.size = a.size
		found.tally.add(line.kind())
		follow(found.logs, line)
	}
}
