package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hypersim": main})
}

// TestScript runs the program as its users do, one txtar file a subject.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "")
			env.Setenv("ROOT", root())
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "hup": // below nohup nobody is told that the terminal went away
				return !signal.Ignored(syscall.SIGHUP), nil
			case "tmpfs":
			default:
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			dir := t.TempDir()
			if err := mountTmpfs(dir, "64k"); err != nil {
				return false, nil
			}
			return true, unmount(dir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": cmdStatus, "signal": cmdSignal, "samerun": cmdSameRun, "tmpfs": cmdTmpfs, "nothing": cmdNothing,
			"damage": cmdDamage, "foreign": cmdForeign, "replace": cmdReplace, "for-each": cmdForEach,
		},
	})
}

// root is the module's folder: a test starts in the folder of its package, wherever it was built.
func root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return filepath.Dir(filepath.Dir(dir))
}

// cmdStatus runs a command that must end with the given exit status: status 2 hypersim run.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit status %d, want %s", code, want)
	}
}

// cmdSignal starts a run, waits until the pattern names a file, sends the signal, and the exit status (-1: killed): signal INT 130 'results/.*/incomplete' hypersim run ….
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: signal NAME CODE GLOB COMMAND ARG...")
	}
	path := args[3]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p, err := exec.LookPath(filepath.Join(dir, args[3])); err == nil {
			path = p
			break
		}
	}
	var stderr bytes.Buffer
	cmd := exec.Command(path, args[4:]...)
	cmd.Dir, cmd.Stderr = ts.MkAbs("."), &stderr
	cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; {
		select {
		case err := <-ended:
			ts.Fatalf("ended by itself: %v\n%s", err, stderr.String())
		case <-tick.C:
		}
		if list, _ := filepath.Glob(ts.MkAbs(args[2])); len(list) > 0 {
			break
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			ts.Fatalf("%s did not appear", args[2])
		}
	}
	ts.Check(cmd.Process.Signal(map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill, "HUP": syscall.SIGHUP}[args[0]]))
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		_ = cmd.Process.Kill()
		ts.Fatalf("still runs 30 s after SIG%s", args[0])
	}
	if code := cmd.ProcessState.ExitCode(); strconv.Itoa(code) != args[1] {
		ts.Fatalf("exit status %d, want %s\n%s", code, args[1], stderr.String())
	}
}

// cmdSameRun compares two run folders: all files but performance.json, and but those named after them.
func cmdSameRun(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: samerun A B [IGNORED...]")
	}
	a, b := files(ts, args[0], args[2:]), files(ts, args[1], args[2:])
	diff := ""
	for name := range a {
		if other, ok := b[name]; !ok {
			diff = fmt.Sprintf("%s is only in %s", name, args[0])
		} else if !bytes.Equal(a[name], other) {
			diff = fmt.Sprintf("%s differs between %s and %s", name, args[0], args[1])
		}
	}
	if diff == "" && len(a) != len(b) {
		diff = fmt.Sprintf("%d files in %s, %d in %s", len(a), args[0], len(b), args[1])
	}
	if (diff == "") == neg {
		ts.Fatalf("same = %v: %s", diff == "", diff)
	}
}

func files(ts *testscript.TestScript, dir string, ignored []string) map[string][]byte {
	out := map[string][]byte{}
	ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(ts.MkAbs(dir), path)
		if err != nil || name == "performance.json" || slices.Contains(ignored, name) {
			return err
		}
		out[name], err = os.ReadFile(path)
		return err
	}))
	if len(out) < 5 {
		ts.Fatalf("%s holds %d files: no run folder", dir, len(out))
	}
	return out
}

// cmdTmpfs mounts a small disk at a folder. The condition [tmpfs] says whether that is allowed.
func cmdTmpfs(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(mountTmpfs(dir, args[1]))
	ts.Defer(func() { _ = unmount(dir) })
}

// cmdNothing expects that a pattern matches no file: nothing '.*.partial'.
func cmdNothing(ts *testscript.TestScript, neg bool, args []string) {
	for _, pattern := range args {
		list, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if (len(list) == 0) == neg {
			ts.Fatalf("%s matches %s", pattern, strings.Join(list, ", "))
		}
	}
}

// cmdDamage cuts the first file of a pattern short: damage 'dir/runs/*/run.json'.
func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	list, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if neg || len(list) == 0 {
		ts.Fatalf("%s names no file", args[0])
	}
	ts.Check(os.Truncate(list[0], 10))
}

// cmdForeign makes the runs of a folder those of another program, as far as their addresses say.
func cmdForeign(ts *testscript.TestScript, _ bool, args []string) {
	list, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, e := range list {
		name, _, _ := strings.Cut(e.Name(), "-")
		ts.Check(os.Rename(filepath.Join(ts.MkAbs(args[0]), e.Name()), filepath.Join(ts.MkAbs(args[0]), name+"-00000000")))
	}
}

// cmdReplace puts one text in the place of another, which must be there: replace OLD NEW FILE.
func cmdReplace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s does not hold %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o644))
}

// writers are the verbs that write, by what they write. OUT is where.
var writers = map[string][]string{
	"out": {
		"run tiny.toml --no-plots --out OUT --force", "sweep tiny.toml --no-plots --out OUT --force", "merge OUT a", "validate --quick --only ^suspicion-scaled --out OUT --force",
	},
	"file": {
		"compare a b --csv OUT", "topology import wan5 OUT", "topology plot wan5 OUT.png",
	},
}

// cmdForEach runs every verb that writes on each of the places, all of which must be refused as usage.
func cmdForEach(ts *testscript.TestScript, _ bool, args []string) {
	for _, verb := range writers[args[0]] {
		for _, place := range args[1:] {
			if place == "VERY-LONG" {
				place = strings.Repeat("x", 300)
			}
			if strings.HasSuffix(verb, ".png") {
				if place == "nowhere" || place == "file" || place == "a" {
					continue // they have no such ending
				}
			}
			words := strings.Fields(strings.ReplaceAll(verb, "OUT", place))
			err := ts.Exec("hypersim", words...)
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
				ts.Fatalf("hypersim %s: %v, want exit status %d", strings.Join(words, " "), err, exitUsage)
			}
		}
	}
}
