package input

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// ErrTooLong is what an error of a reader that came to its limit wraps.
var ErrTooLong = errors.New("longer than allowed")

// Bounded returns a reader of r that fails when r holds more than most bytes. It is for what has no path to
// open, such as standard input or a text that is decompressed; name stands in the error.
func Bounded(r io.Reader, name string, most int64) io.Reader {
	return &bounded{r: r, left: most, err: &fs.PathError{Op: "read", Path: name, Err: tooLong(most)}}
}

// bounded is io.LimitedReader with an error where that ends silently.
type bounded struct {
	r    io.Reader
	left int64
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.err
	}
	if int64(len(p)) > b.left+1 { // one more than allowed tells whether there is more
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		b.left = -1
		return n, b.err
	}
	b.left -= int64(n)
	return n, err
}

// tooLong is the error for a limit in bytes.
type tooLong int64

func (t tooLong) Error() string {
	size, unit := float64(t), "bytes"
	for _, u := range []string{"KiB", "MiB", "GiB"} {
		if size < 1024 {
			break
		}
		size, unit = size/1024, u
	}
	return fmt.Sprintf("has more than %.4g %s, which is the most that is read", size, unit)
}

func (t tooLong) Is(err error) bool { return err == ErrTooLong }
