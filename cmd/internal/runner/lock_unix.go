//go:build unix

package runner

import (
	"os"
	"syscall"
)

// lockFile locks a file against other processes until it is closed, and until this process ends however it ends. It
// returns nil if somebody else holds it, or it is not there.
func lockFile(path string) *os.File {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		_ = f.Close() // it was only opened
		return nil
	}
	return f
}
