package explore

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"hypersim/topologies/input"
)

// LogName has a head, and a line for each run.
const LogName = "log.jsonl"

// logMax is the largest log that is read: that of millions of runs.
const logMax = 4 << 30

// head says what a search is of: what must be the same for it to go on.
type head struct {
	Explore int    `json:"explore"` // version of the file
	Seed    uint64 `json:"seed"`
	Seeds   string `json:"seeds,omitempty"`
	Base    string `json:"base,omitempty"`
	Shard   Shard  `json:"shard"`
	Program string `json:"program"` // that carries runs out: what another one found says nothing of this one
}

// program tells this program from others, built from other sources or otherwise; "" where it cannot be read.
var program = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // it is only read
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
})

// unlike says in what a search is another one.
func (h head) unlike(want head) string {
	var list []string
	for _, x := range []struct {
		what       string
		have, want any
	}{
		{"--seed", h.Seed, want.Seed}, {"--seeds", cmp.Or(h.Seeds, "none"), cmp.Or(want.Seeds, "none")}, {"scenario", cmp.Or(h.Base, "none"), cmp.Or(want.Base, "none")}, {"--shard", h.Shard, want.Shard}, {"the program", cmp.Or(h.Program, "one of before"), want.Program},
	} {
		if x.have != x.want {
			list = append(list, fmt.Sprintf("%s %v, not %v", x.what, x.have, x.want))
		}
	}
	return strings.Join(list, "; ")
}

// openLog opens the log of a search to write to, and reads what is there. Of a generation that was cut short nothing counts.
func openLog(req *Request) (*os.File, []*Outcome, error) {
	path := filepath.Join(req.Dir, LogName)
	want := head{Explore: 1, Seed: req.Seed, Seeds: seedsOf(req.Seeds), Base: req.Base.identity(), Shard: req.Shard, Program: cmp.Or(req.program, program())}
	line, err := json.Marshal(want)
	if err != nil {
		return nil, nil, err
	}
	line = append(line, '\n')
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, err
	}
	runs, err := goOn(f, path, line, want)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, runs, nil
}

// goOn makes an open log one that ends with a whole generation, and returns its runs.
func goOn(f *os.File, path string, first []byte, want head) ([]*Outcome, error) {
	if taken(f) {
		return nil, &FolderError{fmt.Errorf("%s: another search is writing to it; wait for its end, or give another folder (--out)", path)}
	}
	text, err := input.ReadFile(path, logMax)
	if err != nil {
		return nil, err
	}
	if len(text) < len(first) && bytes.HasPrefix(first, text) { // it is new, or ended in its first line
		_, err = f.Write(first[len(text):])
		return nil, err
	}
	runs, size, err := readLog(text, want)
	if err != nil {
		return nil, &FolderError{fmt.Errorf("%s: %w", path, err)}
	}
	return runs, f.Truncate(size)
}

// readLog reads whole generations, and returns where they end.
func readLog(text []byte, want head) (runs []*Outcome, size int64, err error) {
	line, rest, ok := bytes.Cut(text, []byte("\n"))
	var have head
	if !ok || json.Unmarshal(line, &have) != nil || have.Explore != 1 {
		return nil, 0, errors.New("no log of a search; give another folder (--out)")
	}
	if have != want {
		return nil, 0, fmt.Errorf("the log of another search: %s; give another folder (--out)", have.unlike(want))
	}
	size = int64(len(line)) + 1
	end := size
	var open []*Outcome
	for {
		if line, rest, ok = bytes.Cut(rest, []byte("\n")); !ok { // also one that only lacks its end
			break
		}
		o := &Outcome{}
		if json.Unmarshal(line, o) != nil || o.Index != len(runs)+len(open) || slices.ContainsFunc(o.Marks, func(m Mark) bool { return int(m) >= len(all.names) }) {
			break // cut in the middle
		}
		open, end = append(open, o), end+int64(len(line))+1
		if len(open) == generation {
			runs, open, size = append(runs, open...), nil, end
		}
	}
	return runs, size, nil
}

// appendLog writes a generation.
func appendLog(f *os.File, list []*Outcome) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, o := range list {
		if err := enc.Encode(o); err != nil {
			return err
		}
	}
	_, err := f.Write(b.Bytes())
	return err
}
