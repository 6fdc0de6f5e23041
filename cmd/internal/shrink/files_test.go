package shrink

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypersim/scenarios"
)

// A scenario that names files is one as well where it is written; what is no file stays as it is.
func TestMoved(t *testing.T) {
	dir := t.TempDir()
	before, after := filepath.Join(dir, "mine"), filepath.Join(dir, "results", "small")
	for _, d := range []string{before, after} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string]string{"rtt.csv": "0,7\n7,0\n", "when.csv": "t_s\n1\n2\n"} {
		if err := os.WriteFile(filepath.Join(before, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.NewReplacer("rows = [[0, 7], [7, 0]]", `matrix = "./rtt.csv"`, `{ process = "once", count = 3 }`, `{ process = "trace", file = "when.csv" }`).Replace(twoSites)
	if _, err := scenarios.Parse(text, filepath.Join(before, "x.toml"), nil, scenarios.Options{Alone: true}); err != nil {
		t.Fatal(err)
	}
	moved, err := Moved(text, before, after)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, "moved", moved, nil, []string{`matrix = "../../mine/rtt.csv"`, `file = "../../mine/when.csv"`, `"a/manager/1"`})
	if _, err := scenarios.Parse(moved, filepath.Join(after, "small.toml"), nil, scenarios.Options{Alone: true}); err != nil {
		t.Error(err)
	}
	for _, c := range [][2]string{{text, after}, {twoSites, before}} { // there they are not, and none is named
		if same, err := Moved(c[0], c[1], dir); err != nil || same != c[0] {
			t.Errorf("%v\n%s", err, same)
		}
	}
}
