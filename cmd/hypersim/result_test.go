package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"testing"
)

// TestJSONObject holds --json to its promise: one object, these keys, nothing after it.
func TestJSONObject(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"run", "crash-single-lan", "--json", "--no-plots", "--out", filepath.Join(t.TempDir(), "out")}
	code := execute(t.Context(), args, &stdout, &stderr)
	d := json.NewDecoder(&stdout)
	var have map[string]any
	if err := d.Decode(&have); err != nil {
		t.Fatalf("%v (exit %d)\n%s", err, code, stderr.String())
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("something follows the object: %v", err)
	}
	for _, key := range []string{"scenario", "seed", "digest", "run_dir", "events", "virtual_s", "expectations", "violations", "exit"} {
		if _, ok := have[key]; !ok {
			t.Errorf("no key %q", key)
		}
	}
	if have["exit"] != float64(code) {
		t.Errorf("exit %v, but the status is %d", have["exit"], code)
	}
	list, _ := have["expectations"].([]any)
	if len(list) == 0 {
		t.Fatal("no expectations")
	}
	for _, x := range list {
		e := x.(map[string]any)
		for _, key := range []string{"id", "level", "verdict", "value", "unit", "bound"} {
			if _, ok := e[key]; !ok {
				t.Errorf("expectation %v: no key %q", e["id"], key)
			}
		}
		switch e["verdict"] {
		case "pass", "fail", "not-judged", "cannot-be-judged":
		default:
			t.Errorf("verdict %v", e["verdict"])
		}
	}
}
