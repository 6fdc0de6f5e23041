package words

import "hypersim/core"

// Words of the labels service, refusal and load.
var (
	// Services are the classes of messages (spec 30 §5.1).
	Services = services()

	// Refusals are why a request was sent away (spec 30 §6).
	Refusals = []string{"shed", "rate", "in_flight"}

	// Loads are what a server calls itself.
	Loads = loads()

	ofServer = with(ofObserver, "role", "site", label("service", Fixed, Services...))
	_        = label("refusal", Fixed, Refusals...)
	_        = label("load", Fixed, Loads...)
)

func services() []string {
	list := make([]string, core.NumClasses)
	for c := range list {
		list[c] = core.Class(c).String()
	}
	return list
}

func loads() []string {
	list := make([]string, core.NumLoads)
	for l := range list {
		list[l] = core.Load(l).String()
	}
	return list
}

// What servers take in, and what they send away, in runs with jobs. Of a request the observer is the server.
const admission family = 150

// The metrics.
var (
	Shed = admission.metric(Def{
		Name: "shed", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofServer, "refusal"), Type: "refusal", Counted: true, Tabled: true,
		Doc: "requests that a server sent away, those of a second together: shed by its state (shed), over the rate of their client (rate), or too many before them (in_flight)",
	})

	Offered = admission.metric(Def{
		Name: "offered", Unit: "count", Fold: FoldEvents, Labels: ofServer, Tabled: true,
		Doc: "requests and answers that reached a server, those of a second together, whatever became of them",
	})

	Served = admission.metric(Def{
		Name: "served", Unit: "count", Fold: FoldEvents, Better: Higher, Labels: ofServer, Tabled: true,
		Doc: "requests and answers whose service began, those of a second together",
	})

	ControlLatency = admission.metric(Def{
		Name: "control_latency", Unit: "s", Better: Lower, Labels: ofServer, Tabled: true,
		Doc: "arrival of a message of class CONTROL at a gate or manager to the end of its service",
	})

	LoadChanges = admission.metric(Def{
		Name: "load_changes", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofNode, "load"), Type: "load", Counted: true,
		Doc: "how often a server called itself otherwise than before, by what it called itself then",
	})

	GoodputPerSecond = admission.metric(Def{
		Name: "goodput_per_second", Unit: "1/s", Better: Higher, Tabled: true,
		Doc: "jobs that were accepted in a second, as their clients heard, and ended COMPLETED; one value for each second of the run",
	})
)
