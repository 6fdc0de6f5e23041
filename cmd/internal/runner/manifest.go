package runner

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"hypersim/scenarios"
	"hypersim/topologies"
)

// Build says which program ran.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	GOARCH   string `json:"goarch"`
	Tags     string `json:"build_tags"`
	Program  string `json:"program"` // SHA-256 of the executable
}

// String names the program for a person.
func (b *Build) String() string {
	return strings.Join(strings.Fields(b.Version+" "+b.Revision+" "+b.Go+" "+b.GOARCH+" "+b.Tags), " ") + fmt.Sprintf(" (%.8s)", b.Program)
}

// ReadBuild returns what the running program knows about itself. version is what the linker was told.
func ReadBuild(version string) Build {
	b := Build{Version: version, Go: runtime.Version(), GOARCH: runtime.GOARCH, Program: program()}
	modified := false
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Revision = s.Value
			case "vcs.modified":
				modified = s.Value == "true"
			case "-tags":
				b.Tags = s.Value
			}
		}
	}
	if b.Version == "" {
		b.Version = "dev"
	}
	if modified && b.Revision != "" {
		b.Revision += "+changes"
	}
	return b
}

// Manifest is manifest.json: enough to repeat the run to the byte, and what came out. It is the same
// bytes for the same run: no wall time, no place on the machine, nothing about the codec or the trace,
// which change no result and stand in performance.json.
type Manifest struct {
	Schema   int      `json:"schema"`
	Scenario string   `json:"scenario"`
	Title    string   `json:"title,omitempty"`
	Variant  string   `json:"variant,omitempty"`
	Protocol string   `json:"protocol"` // profile, and the inherited behaviours that are on
	Seed     uint64   `json:"seed"`
	Digest   string   `json:"digest"`
	Events   uint64   `json:"events"`
	VirtualS float64  `json:"virtual_s"`
	Stopped  string   `json:"stopped,omitempty"`
	Warnings []string `json:"warnings"`

	Build
	ScenarioSHA256 string           `json:"scenario_sha256"`
	Sets           []string         `json:"sets"`
	Topology       ManifestTopology `json:"topology"`
	Nodes          int              `json:"nodes"`
	ConfigHash     string           `json:"config_hash"`
	Config         json.RawMessage  `json:"config"`
}

// ManifestTopology names the delays that a run used.
type ManifestTopology struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	SHA256 string `json:"delays_sha256"` // of all base delays, little-endian nanoseconds, snapshots included
}

func newManifest(res *Result, build Build) *Manifest {
	sc := res.Scenario
	config, hash := resolved(sc)
	m := &Manifest{
		Schema: 1, Scenario: sc.Name, Title: sc.Title, Variant: sc.Variant, Protocol: sc.Protocol.Behaviour(), Seed: sc.Seed, Digest: res.Digest,
		Events: res.Events, VirtualS: res.Virtual.Seconds(), Stopped: res.Stopped,
		Warnings: append([]string{}, res.Warnings...), Build: build, ScenarioSHA256: sc.SHA256, Sets: sets(sc),
		Topology: ManifestTopology{Name: sc.Topology.Name, Rows: sc.Topology.N(), SHA256: delays(sc.Topology)},
		Nodes:    len(sc.Nodes), ConfigHash: hash, Config: config,
	}
	return m
}

// resolved returns the scenario's configuration without what can change no result, and its hash.
func resolved(sc *scenarios.Scenario) (config []byte, hash string) {
	config = indented(configuration(sc))
	sum := sha256.Sum256(config)
	return config, hex.EncodeToString(sum[:])
}

// configuration returns it as a tree.
func configuration(sc *scenarios.Scenario) map[string]any {
	var tree map[string]any
	d := json.NewDecoder(bytes.NewReader(sc.Config))
	d.UseNumber() // numbers keep their digits
	if err := d.Decode(&tree); err != nil {
		panic(fmt.Sprintf("runner: the resolved configuration of %s is no JSON: %v", sc.Name, err))
	}
	if n, ok := tree["network"].(map[string]any); ok {
		delete(n, "codec")
	}
	if n, ok := tree["report"].(map[string]any); ok {
		delete(n, "keep_trace")
	}
	return tree
}

// sets returns the changes from outside of the file that can change a result.
func sets(sc *scenarios.Scenario) []string {
	return slices.DeleteFunc(append([]string{}, sc.Sets...), func(s string) bool {
		key, _, _ := strings.Cut(s, "=")
		key = strings.TrimSpace(key)
		return key == "network.codec" || key == "report.keep_trace"
	})
}

func delays(t *topologies.Topology) string {
	h := sha256.New()
	var b []byte
	for _, d := range t.Base {
		b = binary.LittleEndian.AppendUint64(b, uint64(d))
	}
	h.Write(b)
	for _, s := range t.Snapshots {
		b = binary.LittleEndian.AppendUint64(b[:0], uint64(s.At))
		for _, d := range s.Base {
			b = binary.LittleEndian.AppendUint64(b, uint64(d))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// indented returns v as JSON for people and programs. It panics on what has no JSON form: our own types.
func indented(v any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic("runner: no JSON form: " + err.Error())
	}
	return buf.Bytes()
}
