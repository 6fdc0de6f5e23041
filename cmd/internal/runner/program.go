package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"hypersim/topologies/input"
)

// programMax bounds the executable, in bytes.
const programMax = 1 << 32

// program identifies the executable that runs: the SHA-256 of its file. Versions do not: two builds of one commit may
// differ in their changes, tags or compiler. Where the file cannot be read, it is the hash of what the linker noted.
var program = sync.OnceValue(func() string {
	for _, find := range []func() (string, error){ownFile, os.Executable} {
		path, err := find()
		if err != nil {
			continue
		}
		if sum, err := fileSum(path); err == nil {
			return sum
		}
	}
	text := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		text = info.String()
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
})

// ownFile is what runs even when another file has taken its name meanwhile.
func ownFile() (string, error) {
	const self = "/proc/self/exe"
	_, err := os.Stat(self)
	return self, err
}

func fileSum(path string) (string, error) {
	f, err := input.Open(path, programMax)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
