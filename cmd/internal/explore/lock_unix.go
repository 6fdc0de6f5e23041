//go:build unix

package explore

import (
	"errors"
	"os"
	"syscall"
)

// taken locks a log for as long as it is open, and reports whether another search holds it already. Where files cannot be locked,
// nobody does.
func taken(f *os.File) bool {
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
