package fault

import (
	"slices"
	"testing"
)

// Every kind has one row that says what it does, and the row agrees with itself.
func TestRows(t *testing.T) {
	kinds := Kinds()
	if len(slices.Compact(slices.Clone(kinds))) != len(kinds) {
		t.Errorf("a kind has two rows: %q", kinds)
	}
	for _, k := range kinds {
		r := k.Row()
		for _, c := range []struct {
			wrong bool
			what  string
		}{
			{r.Kind != k, "is another's"},
			{r.Doc == "", "says nothing"},
			{(r.Deed == "") != (r.Effect == Separates), "tells neither a deed nor sides, or both"},
			{r.Calm && r.Course.Lasts(), "is calm and lasts"},
			{r.Calm && (r.Effect == Disturbs || r.Effect == Separates), "is calm and disturbs"},
			{r.Cuts && r.Course != State, "cuts and heals at once"},
			{r.Effect == Separates && !r.Cuts, "separates and does not cut"},
			{r.Links && (r.Effect != Disturbs || r.Cuts), "is about links and does not disturb"},
			{r.Effect == Disturbs && !r.Course.Lasts(), "disturbs and is over at once"},
		} {
			if c.wrong {
				t.Errorf("%s %s", k, c.what)
			}
		}
	}
	if r := Kind("no such").Row(); *r != (Row{Kind: "no such"}) {
		t.Errorf("a kind that is none has the row %+v", *r)
	}
}

// What can be undone and what is in force until then follow from the course alone.
func TestCourses(t *testing.T) {
	for _, c := range []struct {
		course      Course
		ends, lasts bool
	}{{Moment, false, false}, {Behind, false, false}, {Event, true, false}, {Change, true, true}, {State, true, true}} {
		if c.course.Ends() != c.ends || c.course.Lasts() != c.lasts {
			t.Errorf("course %d: ends %v, lasts %v", c.course, c.course.Ends(), c.course.Lasts())
		}
	}
}
