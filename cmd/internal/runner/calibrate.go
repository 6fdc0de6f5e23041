package runner

import (
	"fmt"
	"strconv"
	"time"

	"hypersim/core"
	"hypersim/scenarios"
)

// Speed is what this machine takes for a piece of work of a run, in seconds: now, beside whatever else it does. It is a
// measurement and differs from one time to the next, so it belongs into no file that is compared.
type Speed struct {
	Event    float64 // of a member that gossips, and
	Crowd    float64 // more of it for every participant of its group
	Notice   float64 // a member learns that another came or went
	Ping     float64 // of a worker that only pings
	Compared float64 // a pair of coordinates compared with the truth
}

// calibrationWall is how long each of the worlds of Calibrate is run.
const calibrationWall = 130 * time.Millisecond

// calibration is the world that machines are measured with: formed, on one LAN, nothing happens. It is never written.
const calibration = `
schema = 1
[scenario]
name = "calibration"
title = "How fast is this machine"
duration = "1010s"
warmup = "0s"
settle = "0s"
[topology]
use = "lan1"
[cluster]
start = { mode = "formed" }
[network]
codec = "struct"
`

// Calibrate runs five small worlds for less than a fifth of a second each: two flat groups of different size that are hardly
// ever looked at, workers by the hundred, a flat group with members that restart all the time, and one whose coordinates
// are compared all the time.
func Calibrate() (s Speed, err error) {
	var list [5]paced
	for i, sets := range [...][]string{
		{"cluster.managers=5", "cluster.size=60", flatGroup, seldom},
		{"cluster.managers=5", "cluster.size=600", flatGroup, seldom},
		{"cluster.gates=1", "cluster.managers=3", "cluster.workers=300", seldom},
		{"cluster.managers=5", "cluster.size=200", flatGroup, seldom},
		{"cluster.managers=5", "cluster.size=60", flatGroup, "report.sample=100ms"},
	} {
		text := calibration
		if i == 3 {
			text += restarts
		}
		if list[i], err = pace(text, sets); err != nil {
			return s, err
		}
	}
	small, large := list[0].perEvent(), list[1].perEvent()
	s.Crowd = max(0, large-small) / (600 - 60)
	s.Event = max(small-float64(60*s.Crowd), small/2)
	s.Ping = list[2].perEvent()
	s.Notice = list[3].over(s) / max(1, list[3].work.Notices)
	s.Compared = list[4].over(s) / max(1, list[4].work.Compared)
	return s, nil
}

const flatGroup, seldom = `protocol.membership.topology="flat"`, "report.sample=1h"

// restarts goes on for as long as the world of calibration does.
const restarts = `
[[fault]]
id = "restarts"
kind = "restart"
at = "4s"
repeat = { every = "1s", count = 1000 }
target = { role = "manager", count = 5 }
`

// paced is what a world did while it was timed.
type paced struct {
	events, wall float64        // wall in seconds
	work         scenarios.Work // foreseen for that time
}

func (p *paced) perEvent() float64 { return p.wall / max(1, p.events) }

// over is how many seconds are left when the events by themselves are taken off.
func (p *paced) over(s Speed) float64 {
	crowd := p.work.Crowd / max(1, p.work.Events) * s.Crowd
	return max(0, p.wall-float64(p.events*(s.Event+crowd)))
}

// Time returns how long the machine simulates so much work. Files and pictures are not in it.
func (s Speed) Time(w scenarios.Work) time.Duration {
	sum := float64(s.Event*w.Events) + float64(s.Crowd*w.Crowd) + float64(s.Notice*w.Notices) + float64(s.Ping*w.Pings) + float64(s.Compared*w.Compared)
	return time.Duration(sum * float64(time.Second))
}

// pace runs a world of calibration.
func pace(text string, sets []string) (p paced, err error) {
	sc, err := scenarios.Parse(text, "calibration", sets, scenarios.Options{Alone: true})
	if err != nil {
		return p, fmt.Errorf("the world of calibration: %w", err)
	}
	r := &run{opt: &Options{Scenario: sc}, memory: processMemory(), res: Result{Scenario: sc}}
	if err := r.build(); err != nil {
		return p, err
	}
	const warm = 3 * time.Second // of virtual time: tables and queues find their sizes
	now := core.Instant(0).Add(warm)
	r.world.Run(now)
	events, start, wall := r.world.Events(), time.Now(), time.Duration(0)
	for wall < calibrationWall && now < r.world.End() {
		now = now.Add(slice)
		r.world.Run(now)
		if err := r.world.Err(); err != nil {
			return p, err
		}
		wall = time.Since(start)
	}
	share := (now.Seconds() - warm.Seconds()) / sc.Duration.Seconds()
	p.work = scenarios.Describe(sc).Work.Share(share)
	p.events, p.wall = float64(r.world.Events()-events), wall.Seconds()
	return p, nil
}

// About writes an estimated time for a person: roughly, for more is not known.
func About(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatFloat(max(0.1, d.Seconds()), 'f', 1, 64) + " s"
	case d < 100*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 0, 64) + " s"
	case d < 2*time.Hour:
		return strconv.FormatFloat(d.Minutes(), 'f', 0, 64) + " min"
	}
	return strconv.FormatFloat(d.Hours(), 'f', 0, 64) + " h"
}
