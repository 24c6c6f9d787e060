package line

import (
	"bytes"
	"io"
	"sync"

	"teahouse/app/chat"
	"teahouse/internal/contain"
	"teahouse/internal/faults"
)

// chunk is how many bytes are read at a time.
const chunk = 4096

// typist reads what a client sends, a chunk when the last one was taken, so
// that a client is not read from faster than the chat takes it.
type typist struct {
	in     io.ReadCloser
	chunks chan []byte // closed at the input's end
	failed error       // why it ended, where that was not the client's doing; set before
	panics *contain.Panics
	over   chan struct{}
	work   sync.WaitGroup
}

func newTypist(in io.ReadCloser, panics *contain.Panics) *typist {
	t := &typist{in: in, panics: panics, chunks: make(chan []byte), over: make(chan struct{})}
	t.work.Go(t.read)
	return t
}

func (t *typist) read() {
	defer close(t.chunks)
	defer t.panics.Recover("reading lines", func(cause error) { t.failed = chat.Broken(cause) })
	buffer := make([]byte, chunk)
	for {
		n, err := t.in.Read(buffer)
		if faults.On {
			faults.At("typist", string(buffer[:n]))
		}
		if n > 0 {
			select {
			case t.chunks <- bytes.Clone(buffer[:n]):
			case <-t.over:
				return
			}
		}
		if err != nil {
			return // the client has nothing more to say, or is gone
		}
	}
}

// close ends the reading and waits for that.
func (t *typist) close() {
	close(t.over)
	_ = t.in.Close() // what it says is not of use to anybody
	t.work.Wait()
}
