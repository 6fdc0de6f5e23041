package input

import (
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Nobody writes into this pipe: opening it must not wait.
func TestADeviceAPipeAndASocketAreRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	pipe, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "s")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = l.Close() }()
	for path, want := range map[string]string{
		"/dev/zero": "is a device, not a file",
		"/dev/null": "is a device, not a file",
		pipe:        "is a pipe, not a file; write what comes out of it into a file first",
		socket:      "is a socket, not a file",
	} {
		done := make(chan error, 1)
		go func() {
			_, err := ReadFile(path, 1<<20)
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil || !strings.HasSuffix(err.Error(), path+": "+want) {
				t.Errorf("%v, want %s", err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is still being read", path)
		}
	}
}
