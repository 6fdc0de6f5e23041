package metrics

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"

	"pgregory.net/rapid"
)

// The files of a small run, checked by hand against its script.
func TestFilesOfASmallRun(t *testing.T) {
	s := flat(t, 3, func(c *Context) { c.Faults = []FaultInfo{{ID: "crash", Kind: "crash"}, {ID: "never", Kind: "crash"}} })
	s.message(0.5, trace.KindSent, 0, core.KindPing, 89)
	s.fault(1.25, trace.KindFaultStart, 0)
	s.truth(1.25, trace.KindCrash, 2)
	s.fact(2.5, 0, core.Fact{Kind: core.FactTransition, Subject: 2, From: ok, To: suspect, Cause: core.CauseProbeFailed, Other: 0})
	s.rec.Sample(at(4), nil)
	s.end(4)
	want := map[string]string{
		"detections.csv": "t_s,observer,subject,to,path,cause,accuser,incarnation,truth,observer_class,subject_class,detection_each_s,detection_first_s\n" +
			"2.5,a/manager/0,a/manager/2,SUSPECT,probe,probe_failed,a/manager/0,0,crashed,healthy,healthy,1.25,1.25\n",
		// Node 0 holds 1 OK and 2 SUSPECT, node 1 holds both OK: 2 right pairs, 1 wrong.
		"membership.csv": "t_s,group,observer_role,observers,pairs,disagree,view_error_fraction,unconfirmed,ok,suspect,dead,left\n" +
			"4,1,manager,2,3,1,0.333333333,0,3,1,0,0\n",
		// 2 nodes for 4 s and one for 1.25 s are 9.25 node-seconds.
		"messages.csv": "t_s,direction,reason,type,class,role,messages,size_bytes,messages_per_node_s,bytes_per_node_s\n" +
			"4,sent,,ping,CONTROL,manager,1,89,0.108108108,9.62162162\n",
		"faults.csv": "fault,kind,start_s,end_s,episodes,detail,nodes,others,last_s,agreed_s\ncrash,crash,1.25,,1,,0,0,1.25,\nnever,crash,,,0,,0,0,,\n",
	}
	tables := s.rec.Result().Tables()
	for name, text := range want {
		var b bytes.Buffer
		if err := WriteCSV(&b, name, tables); err != nil {
			t.Fatal(err)
		}
		if b.String() != text {
			t.Errorf("%s: have\n%swant\n%s", name, b.String(), text)
		}
	}
	tables.Summary = s.rec.Result().Summaries()
	i := slices.IndexFunc(tables.Summary, func(r SummaryRow) bool { return r.Metric == "detection_first" })
	if i < 0 || tables.Summary[i].Labels != "to=SUSPECT;class=healthy;truth=crashed;observer_role=manager;role=manager;link=intra" || tables.Summary[i].Summary.Mean != 1.25 {
		t.Errorf("summary %+v", tables.Summary)
	}
}

func TestWriteDir(t *testing.T) {
	tables := &Tables{
		Violations: []ViolationRow{{at(1.5), "I-M1", "a/manager/0 a/manager/1", "say \"no\", twice\nor more"}},
		Summary:    []SummaryRow{{Metric: "rejoin", Unit: "s", Summary: Summarize([]Value{{2, 1}}), Value: math.NaN(), Why: `a "quote"`}},
	}
	dir := t.TempDir()
	names, err := WriteDir(dir, tables)
	if err != nil || !slices.Equal(names, []string{"violations.csv", "summary.csv", "summary.json"}) {
		t.Fatal(names, err)
	}
	have, err := ReadDir(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have.Violations, tables.Violations) || len(have.Summary) != 1 || have.Time != nil {
		t.Errorf("read back %+v", have)
	}
	b, err := os.ReadFile(filepath.Join(dir, SummaryJSON))
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	if rows[0]["mean"] != 2.0 || rows[0]["why"] != `a "quote"` || rows[0]["count"] != 1.0 {
		t.Errorf("json %v", rows)
	}
	if _, there := rows[0]["sd"]; there {
		t.Error("a standard deviation of one observation")
	}
	if _, err := WriteDir(filepath.Join(dir, "missing"), tables); err == nil {
		t.Error("a folder that does not exist was accepted")
	}
}

// Every file: rows of any content survive, and writing them again gives the same bytes.
func TestRoundTrip(t *testing.T) {
	text := rapid.StringMatching(`[ -~é]{0,8}`)
	instant := rapid.OneOf(rapid.Int64Range(-9e15, 9e15), rapid.Just(int64(core.Never)))
	number := rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(math.Copysign(0, -1)))
	rapid.Check(t, func(rt *rapid.T) {
		var tables Tables
		v := reflect.ValueOf(&tables).Elem()
		for i := range v.NumField() {
			list := reflect.MakeSlice(v.Field(i).Type(), 0, 3)
			for range rapid.IntRange(0, 3).Draw(rt, "rows") {
				row := reflect.New(list.Type().Elem()).Elem()
				fill(rt, row, text, instant, number)
				list = reflect.Append(list, row)
			}
			v.Field(i).Set(list)
		}
		for _, f := range Schema() {
			var b, again bytes.Buffer
			var back Tables
			if err := WriteCSV(&b, f.Name, &tables); err != nil {
				rt.Fatal(err)
			}
			if err := ReadCSV(bytes.NewReader(b.Bytes()), f.Name, &back); err != nil {
				rt.Fatal(err)
			}
			if err := WriteCSV(&again, f.Name, &back); err != nil {
				rt.Fatal(err)
			}
			if b.String() != again.String() {
				rt.Fatalf("%s: %s\nthen %s", f.Name, b.String(), again.String())
			}
		}
	})
}

func fill(t *rapid.T, v reflect.Value, text *rapid.Generator[string], instant *rapid.Generator[int64], number *rapid.Generator[float64]) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(text.Draw(t, "text"))
		case reflect.Int64:
			f.SetInt(instant.Draw(t, "instant"))
		case reflect.Float64:
			f.SetFloat(number.Draw(t, "number"))
		case reflect.Uint64:
			f.SetUint(rapid.Uint64().Draw(t, "count"))
		case reflect.Struct:
			fill(t, f, text, instant, number)
		default:
			t.Fatalf("field of kind %v", f.Kind())
		}
	}
}

func TestReaderErrors(t *testing.T) {
	head := "fault,kind,start_s,end_s,episodes,detail,nodes,others,last_s,agreed_s\n"
	for text, want := range map[string]string{
		"":                              "first line must be",
		"fault,kind\n":                  "first line must be",
		"a,b,c,d,e\n":                   "must be \"fault,kind",
		head + "x,crash,1s,,0,,0,0,,\n": "faults.csv:2:9: start_s: \"1s\"",
		head + "x,crash,1,2.1234567891,0,,0,0,,\n": "end_s",
		head + "x,crash,1,,-1,,0,0,,\n":            "episodes: \"-1\" is not a count",
		head + "x,crash\n":                         "wrong number of fields",
	} {
		var tables Tables
		err := ReadCSV(strings.NewReader(text), "faults.csv", &tables)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if err := ReadCSV(strings.NewReader(""), "nothing.csv", &Tables{}); err == nil {
		t.Error("an unknown file was accepted")
	}
}

// Whatever the reader accepts, it writes in a form that it reads back to the same.
func FuzzReadCSV(f *testing.F) {
	for i, s := range Schema() {
		var head []string
		for _, c := range s.Columns {
			head = append(head, c.Name)
		}
		f.Add(uint8(i), strings.Join(head, ",")+"\n"+strings.Repeat("1,", len(head)-1)+"1\n")
	}
	files := Schema()
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		name := files[int(which)%len(files)].Name
		var first, second Tables
		if ReadCSV(strings.NewReader(text), name, &first) != nil {
			return
		}
		var a, b bytes.Buffer
		if err := WriteCSV(&a, name, &first); err != nil {
			t.Fatal(err)
		}
		if err := ReadCSV(bytes.NewReader(a.Bytes()), name, &second); err != nil {
			t.Fatalf("%v in what was written: %q", err, a.String())
		}
		if err := WriteCSV(&b, name, &second); err != nil || a.String() != b.String() {
			t.Fatalf("%v: %q then %q", err, a.String(), b.String())
		}
	})
}
