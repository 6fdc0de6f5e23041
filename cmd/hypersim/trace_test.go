package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"hypersim/cmd/internal/runner"
)

// recording writes one of the given lines, after a header.
func recording(t *testing.T, lines ...string) string {
	t.Helper()
	return recordingOf(t, `{"trace":1,"scenario":"s","seed":1,"nodes":["a/gate/0","a/gate/1"],"faults":[]}`, lines...)
}

func recordingOf(t *testing.T, head string, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, runner.TraceName))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = z.Write([]byte(strings.Join(append([]string{head}, lines...), "\n") + "\n")); err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// many are enough lines for somebody to want to stop.
func many(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = `{"t":1000000000,"k":"start","n":0,"inst":1}`
	}
	return lines
}

func tracing(ctx context.Context, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = execute(ctx, append([]string{"trace"}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// A flag that would not be heeded is refused: what is printed beside it looks like an answer.
func TestTraceRefusesFlagsThatItWouldNotHeed(t *testing.T) {
	dir := recording(t, many(3)...)
	for _, args := range [][]string{
		{"--causes", "2", "--node", "a/gate/0"}, {"--causes", "2", "--limit", "1"}, {"--causes", "2", "--depth", "0"}, {"--depth", "3"},
		{"--count", "--limit", "1"}, {"--story", "--job", "1"}, {"--invariant", "I-J4"}, {"--perfetto", filepath.Join(dir, "x"), "--limit", "1"},
		{"--from", "-1s"}, {"--to", "-1s"}, {"--force"}, {"--causes", "2", "--story"}, {"--count", "--story"},
	} {
		code, out, errs := tracing(t.Context(), append([]string{dir}, args...)...)
		if code != exitUsage || out != "" || !strings.Contains(errs, "--") {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, errs)
		}
	}
	for _, args := range [][]string{{"--causes", "2", "--depth", "1"}, {"--count", "--node", "a"}, {"--from", "0s", "--to", "1s", "--limit", "1"}} {
		if code, _, errs := tracing(t.Context(), append([]string{dir}, args...)...); code != exitOK {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}

// Who stops it is heard, and finds nothing that looks whole and is not.
func TestTraceIsStopped(t *testing.T) {
	dir := recording(t, many(20_000)...)
	ended, stop := context.WithCancel(t.Context())
	stop()
	picture := filepath.Join(dir, "x.json")
	for _, args := range [][]string{{dir}, {dir, "--count"}, {dir, "--causes", "19999"}, {dir, "--perfetto", picture}, {dir, "--job", "1"}, {"diff", dir, dir}} {
		if code, out, errs := tracing(ended, args...); code != exitInterrupted || strings.Contains(out, "20000") || errs != "" {
			t.Errorf("%v: exit %d, %d bytes, %q", args, code, len(out), errs)
		}
	}
	if _, err := os.Stat(picture); !os.IsNotExist(err) {
		t.Errorf("half a timeline is left: %v", err)
	}
}

// A recording that was cut is not the fault of this program, and no count of it is told.
func TestTraceOfWhatWasCut(t *testing.T) {
	dir := recording(t, many(20_000)...)
	path := filepath.Join(dir, runner.TraceName)
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, info.Size()/2)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--count"}, {"--perfetto", filepath.Join(dir, "x.json")}, {"--causes", "19999"}} {
		code, out, errs := tracing(t.Context(), append([]string{dir}, args...)...)
		if code != exitUsage || out != "" || !strings.Contains(errs, "ends in the middle of line") {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, errs)
		}
	}
}

// A timeline that is there is replaced only where that is said.
func TestTraceReplacesATimeline(t *testing.T) {
	dir := recording(t, many(3)...)
	picture := filepath.Join(dir, "x.json")
	for i, x := range []struct {
		force []string
		code  int
		says  string
	}{{nil, exitOK, "3 lines"}, {nil, exitUsage, "x.json exists; --force replaces it"}, {[]string{"--force"}, exitOK, "3 lines"}} {
		if code, _, errs := tracing(t.Context(), append([]string{dir, "--perfetto", picture}, x.force...)...); code != x.code || !strings.Contains(errs, x.says) {
			t.Errorf("call %d: exit %d, %q", i, code, errs)
		}
	}
}

// A story is told of a run that came to its end, from its folder or the recording in it; of any other nothing is claimed.
func TestStoryOfWhatIsThere(t *testing.T) {
	killed, whole := recording(t, many(3)...), recording(t, many(3)...)
	if err := os.WriteFile(filepath.Join(whole, "manifest.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		killed:                                 "no folder of a run that came to its end",
		whole:                                  "this run broke no invariant",
		filepath.Join(whole, runner.TraceName): "this run broke no invariant",
		filepath.Join(whole, "manifest.json"):  "there is no folder of a run",
		filepath.Join(whole, "nosuch"):         "there is no folder of a run",
	} {
		if code, out, errs := tracing(t.Context(), path, "--story"); code != exitUsage || out != "" || !strings.Contains(errs, says) {
			t.Errorf("%s: exit %d, %q, %q", path, code, out, errs)
		}
	}
}

// Recordings of other runs are told as such before anything else.
func TestTraceDiffOfOtherRuns(t *testing.T) {
	a, b := recording(t, many(2)...), recordingOf(t, `{"trace":1,"scenario":"other","seed":7,"nodes":["b/gate/0"],"faults":[]}`, many(1)...)
	code, out, _ := tracing(t.Context(), "diff", a, b)
	if code != exitFailed || !strings.HasPrefix(out, "they are other runs: of s with seed 1, and of other with seed 7\nthey part at line 1:\n") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out, _ = tracing(t.Context(), "diff", a, a); code != exitOK || !strings.HasPrefix(out, "the same") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// Where one of two recordings has ended, what led to the parting is told by the other one.
func TestTraceDiffNamesTheOneThatGoesOn(t *testing.T) {
	short, long := recording(t, many(2)...), recording(t, many(3)...)
	for _, pair := range [][2]string{{short, long}, {long, short}} {
		code, out, _ := tracing(t.Context(), "diff", pair[0], pair[1])
		if code != exitFailed || !strings.Contains(out, "part at line 3") || !strings.Contains(out, "hypersim trace "+long+" --causes 3 ") {
			t.Errorf("exit %d\n%s", code, out)
		}
	}
}
