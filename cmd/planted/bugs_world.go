package main

var worldBugs = []bug{
	{"lost-and-delivered", "50 §2: what is lost does not arrive", "sim/world/send.go",
		"w.recordDrop(depart, depart, m, size, fate.Reason)\n\t\treturn\n", "w.recordDrop(depart, depart, m, size, fate.Reason)\n\t\tfate.At = depart.Add(fate.Min)\n"},
	{"faster-than-the-link", "50 §2: a delay is that of the link, and what is added", "sim/network/send.go",
		"out.At = depart.Add(max(base+extra, 1))\n\tif e != nil", "out.At = depart.Add(max(base/2+extra, 1))\n\tif e != nil"},
	{"overtakes-on-a-stream", "50 §2: a stream keeps the order of a pair", "sim/network/stream.go",
		"\t\tat = max(at, h.lastArrival)\n", ""},
	{"cut-in-one-direction", "50 §2: a symmetric cut stops both directions", "sim/network/cut.go",
		"c.A, c.B, !c.OneWay)", "c.A, c.B, false)"},
	{"delay-in-one-direction", "50 §5: a delay is added to every datagram of its links", "sim/network/overlay.go",
		"o.From, o.To, o.Both)", "o.From, o.To, false)"},
	{"reaches-the-next-process", "50 §2: a crash resets the streams", "sim/world/run.go",
		"w.slab.stream(handle).life != n.life:", "w.slab.stream(handle).life > n.life:"},
	{"inbox-outlives-its-process", "50 §3: what waits in the inbox of a process that crashes is lost", "sim/host/host.go",
		"\t\th.box.drain(drop)\n", ""},
	{"works-while-paused", "50 §3: a paused node fires no timer", "sim/world/run.go",
		"if !n.host.Fires(now) || n.host.Paused() {", "if !n.host.Fires(now) {"},
	{"out-of-order", "50 §1: events happen in the order of their times", "sim/kernel/run.go",
		"for i > 0 && r[i-1].before(e) {", "for i > 1 && r[i-1].before(e) {"},
}
