package story

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"hypersim/cmd/internal/runner"
	"hypersim/topologies/input"
)

// Header is the first line of a recording.
type Header struct {
	Trace    int      `json:"trace"`
	Scenario string   `json:"scenario"`
	Seed     uint64   `json:"seed"`
	Nodes    []string `json:"nodes"`
	Faults   []string `json:"faults"`
}

// Name returns what the scenario calls a node.
func (h *Header) Name(node int) string { return named(h.Nodes, node, "node") }

// FaultName returns the id of a fault.
func (h *Header) FaultName(fault int) string { return named(h.Faults, fault, "fault") }

func named(names []string, i int, what string) string {
	if i >= 0 && i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s %d", what, i)
}

// lineMax is the longest line that is read: a full exchange of the views of 100,000 members is some 10 MB.
const lineMax = 256 << 20

// linesAtOnce is how many lines are read before somebody who waits for the end is heard: some milliseconds.
const linesAtOnce = 4096

// fileMax is the largest recording that is read.
const fileMax = 1 << 40

// Reader reads a recording line by line.
type Reader struct {
	Header

	path string
	done func() error // why reading is to end, nil: go on
	file io.Closer
	zip  *zstd.Decoder
	buf  *bufio.Reader
	long []byte
	n    uint64
}

// Open opens the recording of a run: its folder, or the file itself. Where ctx ends, so does reading, with its error.
func Open(ctx context.Context, path string) (*Reader, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, runner.TraceName)
	}
	f, err := input.Open(path, fileMax)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no recording; run the scenario with --trace", path)
	}
	if err != nil {
		return nil, err
	}
	r, err := NewReader(f, path)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.file, r.done = f, ctx.Err
	return r, nil
}

// NewReader reads a recording from in; path stands in messages.
func NewReader(in io.Reader, path string) (*Reader, error) {
	zip, err := zstd.NewReader(in, zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r := &Reader{path: path, zip: zip, buf: bufio.NewReaderSize(zip, 1<<20)}
	first, err := r.line()
	if err == nil {
		err = json.Unmarshal(first, &r.Header)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		zip.Close()
		return nil, err
	}
	if err != nil || r.Trace != 1 {
		zip.Close()
		return nil, fmt.Errorf("%s: no recording of a run: its first line is not the header that --trace writes", path)
	}
	return r, nil
}

// Next reads the next line into l. After the last one it returns io.EOF; a recording that ends in the middle of a line or a
// frame, as that of a run that was killed, is an error that says so.
func (r *Reader) Next(l *Line) error {
	raw, err := r.line()
	if err != nil {
		return err
	}
	if r.n++; r.n%linesAtOnce == 0 && r.done != nil {
		if err := r.done(); err != nil {
			return err
		}
	}
	if !l.parse(raw, r.n) {
		return fmt.Errorf("%s: line %d is none that --trace writes: %.80s", r.path, r.n, raw)
	}
	return nil
}

func (r *Reader) line() ([]byte, error) {
	b, err := r.buf.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		r.long = r.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) && len(r.long) < lineMax {
			r.long = append(r.long, b...)
			b, err = r.buf.ReadSlice('\n')
		}
		b = append(r.long, b...)
		r.long = b
	}
	switch {
	case err == nil:
		return b[:len(b)-1], nil
	case errors.Is(err, io.EOF) && len(b) == 0:
		return nil, io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%s ends in the middle of line %d: the run was killed, or is still going on (%w)", r.path, r.n+1, io.ErrUnexpectedEOF)
	}
	return nil, fmt.Errorf("%s: line %d: %w", r.path, r.n+1, err)
}

// Close closes the file.
func (r *Reader) Close() error {
	r.zip.Close()
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
