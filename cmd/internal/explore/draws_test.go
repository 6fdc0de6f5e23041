package explore

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios"
	"hypersim/sim/fault"
)

var faultID = regexp.MustCompile(`(?m)^\[\[fault\]\]\nid = "(.*)-\d+"$`)

// familiesOf are the families of the faults of a run, in order.
func familiesOf(text string) (list []string) {
	for _, m := range faultID.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// Every family is drawn, a crash at a chosen event in almost half of the runs, and no run loses more memories than a cluster may.
func TestFamiliesAreDrawn(t *testing.T) {
	const runs = 1000
	drawn := map[string]int{}
	for i := range uint64(runs) {
		n := Name{World: i, Faults: i * 3, Seed: i}
		list := familiesOf(n.Text())
		lost, most := 0, 1
		if w := newWorld(n); w.managers >= 5 && w.gates == 0 {
			most = 2
		}
		for _, f := range list {
			if slices.Contains(forgetful, f) {
				lost++
			}
		}
		if lost > most {
			t.Errorf("%v: %d faults take a memory, %d may", n, lost, most)
		}
		slices.Sort(list)
		for _, f := range slices.Compact(list) {
			drawn[f]++
		}
	}
	for i := range families {
		if name := families[i].name; drawn[name] < runs/100 {
			t.Errorf("%s is drawn in %d of %d runs", name, drawn[name], runs)
		}
	}
	for name, least := range map[string]int{"crash-at-event": 400, "crash": 80, "restart": 80, "kill-leader": 80, "leave": 70, "newcomer": 70} {
		if drawn[name] < least {
			t.Errorf("%s is drawn in %d of %d runs, want %d or more", name, drawn[name], runs, least)
		}
	}
}

// A fault waits for what those whom it hits have a part in: every named event is drawn, and none that cannot come.
func TestEventsAreDrawn(t *testing.T) {
	drawn := map[string]int{}
	for i := range uint64(1500) {
		text := (Name{World: i, Faults: i * 3, Seed: i}).Text()
		for line := range strings.Lines(text) {
			if rest, is := strings.CutPrefix(line, `on = { event = "`); is {
				name, _, _ := strings.Cut(rest, `"`)
				drawn[name]++
			}
			if strings.HasPrefix(line, `on = { event = "cancel_`) && !strings.Contains(text, "kind = \"cancel\"") {
				t.Errorf("%d: nobody takes back: %s", i, line)
			}
		}
	}
	for _, e := range fault.Occasions() {
		if drawn[e.Name] == 0 {
			t.Errorf("%s is never drawn", e.Name)
		}
	}
	for name := range parties {
		if _, is := fault.OccasionNamed(name); !is {
			t.Errorf("there is no event %s", name)
		}
	}
	for _, side := range []string{"sent:", "received:"} {
		n := 0
		for name := range drawn {
			if strings.HasPrefix(name, side) {
				n++
			}
		}
		if n < len(messages)/2 {
			t.Errorf("%s: %d types of messages of %d", side, n, len(messages))
		}
	}
}

// Every kind of fault is drawn.
func TestKindsAreDrawn(t *testing.T) {
	drawn := map[string]int{}
	for i := range uint64(1000) {
		text := (Name{World: i, Faults: i * 3, Seed: i}).Text()
		for _, f := range strings.Split(text, "\n[[fault]]\n")[1:] {
			for line := range strings.Lines(f) {
				if rest, is := strings.CutPrefix(line, `kind = "`); is {
					drawn[strings.TrimSuffix(rest, "\"\n")]++
				}
			}
		}
	}
	for _, k := range fault.Kinds() {
		if drawn[string(k)] < 20 {
			t.Errorf("%s is drawn %d times in 1000 runs", k, drawn[string(k)])
		}
	}
}

// Every key is drawn in every value that it may have, and each choice is valid by itself.
func TestKeysAreDrawn(t *testing.T) {
	drawn := map[string]int{}
	for i := range uint64(1500) {
		for line := range strings.Lines((Name{World: i, Faults: 1, Seed: i}).Text()) {
			drawn[strings.TrimSuffix(line, "\n")]++
		}
	}
	seen := map[string]bool{}
	want := func(key, line string, least int) {
		if drawn[line] < least {
			t.Errorf("%s is drawn %d times in 1500 worlds", line, drawn[line])
		}
		seen[key] = true
	}
	for _, k := range knobs {
		for _, v := range k.values {
			want(k.key, k.key+" = "+v, 30)
		}
	}
	for _, x := range settings {
		for _, c := range x.choices {
			for i, line := range strings.Split(c, "\n") {
				if key := keys(c)[i]; !slices.ContainsFunc(knobs, func(k knob) bool { return k.key == key }) {
					want(key, line, 10)
				} else {
					t.Errorf("%s is drawn twice", key)
				}
			}
			text := "schema = 1\n[scenario]\nname = \"x\"\ntitle = \"t\"\nduration = \"100s\"\n[topology]\nuse = \"lan1\"\n[cluster]\nmanagers = 3\ngates = 3\nworkers = 2\nclients = 1\n[protocol]\n" + c + "\n" +
				"[[workload]]\nid = \"w\"\nkind = \"jobs\"\narrival = { process = \"constant\", rate = \"0.2/s\" }\njob = { duration = \"1s\" }\n"
			if _, err := scenarios.Parse(text, "x.toml", nil, scenarios.Options{}); err != nil {
				t.Errorf("%s: %v", x.name, err)
			}
		}
	}
	for _, room := range []string{"lease.", "orphan.", "membership.", "overload.", "version."} {
		n := 0
		for key := range seen {
			if strings.HasPrefix(key, room) {
				n++
			}
		}
		if n == 0 {
			t.Errorf("no key of %s is drawn", room)
		}
	}
	t.Logf("%d keys", len(seen))
}
