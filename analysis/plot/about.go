package plot

import "strings"

// abouts say in a sentence what a picture shows, by the beginning of its name.
var abouts = []struct{ name, text string }{
	{"control-latency", "How long messages of class CONTROL took at gates and managers, whatever the load."},
	{"coordinates", "How far predicted round trips are from the true ones, over time."},
	{"cores", "How many cores shards hold, against what the running workers have."},
	{"cutoff", "How fast members were noticed that live but could not be reached."},
	{"deadline", "How long the job that was extended most might take, as each node knew it, against how long it had taken."},
	{"detection", "How long after a crash others held the member SUSPECT and DEAD, as distributions."},
	{"dissemination", "How long news takes to reach a half, 99 % and all of the members."},
	{"gantt", "Which shards ran at which worker, from when to when, and what became of those that came to nothing."},
	{"goodput", "How many jobs were handed in, done and refused each second."},
	{"health", "How healthy members hold themselves to be, and how much news waits to be told."},
	{"job-times", "How long workflows waited for cores, and how long jobs took, as distributions."},
	{"jobs", "How many jobs were handed in, and how many had ended how, over time."},
	{"leader-gaps", "How long clusters had nobody who might act as their leader, as a distribution."},
	{"leaders", "Who led each cluster in which term, and when nobody might act."},
	{"members", "What members believe about each other, against the truth, over time."},
	{"regret", "How much further than the nearest datacenter each gate's choices were, and how often which rule changed a choice."},
	{"pressure", "How full managers were of statistics, which level came of it and who went by it, and what was dropped or sent away."},
	{"rejoin", "How long after each fault all agreed again."},
	{"route-map", "Where the gates of each site sent jobs before, during and after a fault, on a map on which round trips are distances."},
	{"routes", "Which datacenter each gate asked first over time, how much further that was than the nearest one, and how wrong coordinates were meanwhile."},
	{"scores", "What the gate that changed its mind most often made of each datacenter: scores, and what they are the product of."},
	{"suspicions", "When members were suspected and called dead, and what was really the matter with them."},
	{"timeline-", "What happened to one job: every message that mattered between client, gates, managers and workers, with who had the job in which state; `hypersim plot RUN --job JOB` draws that of another one."},
	{"timeout-lateness", "How long after its ideal deadline it was found, or decided, that a job's time is up, beside the ideal distribution."},
	{"traffic", "Messages and bytes of each role over time, by type."},
	{"plot-", "A picture that the scenario asks for."},
}

// About says in a sentence what the picture of that name shows, "" if there is nothing to say.
func About(name string) string {
	for _, a := range abouts {
		if strings.HasPrefix(name, a.name) {
			return a.text
		}
	}
	return ""
}
