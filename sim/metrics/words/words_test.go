package words

import (
	"slices"
	"testing"
)

// TestWords: every metric is told whole: its name is its own, its labels have rows, and what its definition names
// are labels of its own.
func TestWords(t *testing.T) {
	if len(Names()) < 40 {
		t.Fatalf("%d metrics", len(Names()))
	}
	for _, m := range All() {
		d := m.Def()
		if found, ok := Lookup(d.Name); !ok || found != m {
			t.Errorf("%s: the name stands for %v", d.Name, found)
		}
		if d.Name == "" || d.Unit == "" || d.Doc == "" {
			t.Errorf("%+v: a name, a unit and a meaning are needed", d)
		}
		for _, label := range d.Labels {
			if Find(label) == nil {
				t.Errorf("%s: label %s has no row", d.Name, label)
			}
		}
		named := slices.Clone(d.Apart)
		for _, one := range []string{d.Param, d.Type} {
			if one != "" {
				named = append(named, one)
			}
		}
		for label := range d.Words {
			named = append(named, label)
		}
		for _, label := range named {
			if !m.Carries(label) {
				t.Errorf("%s: %s is none of its labels", d.Name, label)
			}
		}
		if d.Type != "" && d.LabelWords(d.Type) == nil {
			t.Errorf("%s: %s has no words to number", d.Name, d.Type)
		}
		if slices.Contains(Later(), d.Name) {
			t.Errorf("%s is measured, and said to come later", d.Name)
		}
	}
}

// TestLabels: a label has one row, and words if and only if they are fixed.
func TestLabels(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range labels {
		if seen[l.Name] {
			t.Errorf("label %s has two rows", l.Name)
		}
		seen[l.Name] = true
		if (l.Source == Fixed) != (len(l.Words) > 0) {
			t.Errorf("label %s: source %d, words %v", l.Name, l.Source, l.Words)
		}
	}
}
