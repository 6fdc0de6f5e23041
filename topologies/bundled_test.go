package topologies

import (
	"math"
	"strings"
	"testing"
)

func TestBundledAllLoadAndAreNamedByTheirFile(t *testing.T) {
	files, err := bundle.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, f := range files {
		if name, isTOML := strings.CutSuffix(f.Name(), ".toml"); isTOML {
			count++
			topo, err := Bundled(name)
			if err != nil {
				t.Fatal(err)
			}
			if topo.Name != name || topo.Title == "" || topo.Source == "" {
				t.Errorf("%s: name %q, title %q, source %q: all must be there", name, topo.Name, topo.Title, topo.Source)
			}
			for _, s := range topo.Sites {
				if s.Group == "" && name != "lan1" {
					t.Errorf("%s: site %s has no group", name, s.Name)
				}
			}
		}
	}
	if count != len(Names()) {
		t.Errorf("%d files, %d names listed", count, len(Names()))
	}
	for _, e := range List() {
		if e.Title == "" {
			t.Errorf("%s is listed without a line", e.Name)
		}
	}
}

// Spec 40 §3.1, the table of wan5, in ms with one decimal; same-site RTT 0.5 ms.
func TestWan5IsTheTableOfTheCatalogue(t *testing.T) {
	topo, err := Bundled("wan5")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"use1", "usw2", "euw1", "apne1", "sae1"}
	want := [5][5]float64{
		{0.5, 72.5, 70.5, 152.4, 113.0},
		{0, 0.5, 127.3, 100.9, 180.3},
		{0, 0, 0.5, 204.4, 183.6},
		{0, 0, 0, 0.5, 267.9},
		{0, 0, 0, 0, 0.5},
	}
	for a := range names {
		if topo.Sites[a].Name != names[a] {
			t.Fatalf("site %d is %s, want %s", a, topo.Sites[a].Name, names[a])
		}
		for b := a; b < len(names); b++ {
			if have := ms(topo.RTT(a, b)); math.Abs(have-want[a][b]) > 0.05001 {
				t.Errorf("RTT %s – %s is %.3f ms, want %.1f", names[a], names[b], have, want[a][b])
			}
		}
	}
	if have := topo.MinOneWay(); have != millis(0.25) {
		t.Errorf("least delay %v, want half of the intra-site RTT", have)
	}
}

// Spec 40 §3.1: wan3 is use1, euw1, apne1; wan10 begins with wan5 and spans 23.8 – 412.9 ms.
func TestWanSizes(t *testing.T) {
	wan3, _ := Bundled("wan3")
	if have := strings.Join(wan3.SiteNames(), " "); have != "use1 euw1 apne1" {
		t.Errorf("wan3 is %s", have)
	}
	wan5, _ := Bundled("wan5")
	wan10, _ := Bundled("wan10")
	if have, want := strings.Join(wan10.SiteNames()[:5], " "), strings.Join(wan5.SiteNames(), " "); have != want {
		t.Errorf("wan10 begins with %s, want %s", have, want)
	}
	d := wan10.Describe()
	if math.Abs(d.RTT.Min-23.8) > 0.05 || math.Abs(d.RTT.Max-412.9) > 0.05 {
		t.Errorf("wan10 spans %.1f – %.1f ms", d.RTT.Min, d.RTT.Max)
	}
	lan, _ := Bundled("lan1")
	if lan.N() != 1 || lan.Sites[0].Name != "a" || lan.RTT(0, 0) != millis(0.5) {
		t.Errorf("lan1 is %+v", lan)
	}
}

func TestBundledMatrixByNameAndAlias(t *testing.T) {
	for alias, name := range map[string]string{
		"aws-2020": "aws-2020-06-05-rtt-ms-avg", "gcp-2019": "gcp-2019-09-rtt-ms-avg", "azure": "azure-p50-rtt-ms",
	} {
		a, err := BundledMatrix(alias)
		if err != nil {
			t.Fatal(err)
		}
		b, err := OpenMatrix(name, Options{Unit: Milliseconds, Kind: RTT})
		if err != nil {
			t.Fatal(err)
		}
		if a.Name != b.Name || a.N != b.N || a.Source == "" {
			t.Errorf("%s is %s, %s is %s", alias, a.Name, name, b.Name)
		}
	}
}

func TestNamesThatDoNotExist(t *testing.T) {
	_, err := Bundled("wan7")
	wantLines(t, err, []string{`no bundled topology "wan7" (did you mean "wan3"?); there are lan1, wan3, wan5, wan10, aws-2020, gcp-2019, azure`})
	_, err = OpenMatrix("aws-2021", Options{Unit: Milliseconds, Kind: RTT})
	wantLines(t, err, []string{`no bundled matrix "aws-2021" (did you mean "aws-2020"?); there are aws-2020-06-05-rtt-ms-avg, gcp-2019-09-rtt-ms-avg, azure-p50-rtt-ms, aws-2020, gcp-2019, azure, or give the path of a file`})
	_, err = OpenMatrix("azure", Options{Unit: Seconds, Kind: RTT})
	wantLines(t, err, []string{`the bundled matrix "azure" holds rtt in ms, not rtt in s`})
}

func TestMeasuredFilesAreAllNamed(t *testing.T) {
	files, err := bundle.ReadDir("measured")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".csv"); ok && findMeasured(name) == nil {
			t.Errorf("measured/%s has no entry", f.Name())
		}
	}
}
