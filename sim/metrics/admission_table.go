package metrics

import "hypersim/core"

// AdmissionRow is a row of admission.csv.
type AdmissionRow struct {
	At                       core.Instant
	Node, Class, Load        string
	Offered, Served          uint64
	Shed, Rate, InFlight     uint64
	MeanLatency, MostLatency core.Instant // lengths
}

var admissionColumns = []column[AdmissionRow]{
	{"t_s", "beginning of the second", func(r *AdmissionRow) cell { return instantCell{&r.At} }},
	{"node", "the server", func(r *AdmissionRow) cell { return textCell{&r.Node} }},
	{"class", "of the messages: CONTROL, DISPATCH, DATA or TELEMETRY", func(r *AdmissionRow) cell { return textCell{&r.Class} }},
	{"load", "the worst that the server called itself in that second", func(r *AdmissionRow) cell { return textCell{&r.Load} }},
	{"offered", "messages of the class that reached it", func(r *AdmissionRow) cell { return countCell{&r.Offered} }},
	{"served", "of them, those whose service began", func(r *AdmissionRow) cell { return countCell{&r.Served} }},
	{"shed", "sent away because of the server's state", func(r *AdmissionRow) cell { return countCell{&r.Shed} }},
	{"rate_limited", "sent away because their client asks too often", func(r *AdmissionRow) cell { return countCell{&r.Rate} }},
	{"in_flight", "sent away because too many were in flight, or would have been before them", func(r *AdmissionRow) cell { return countCell{&r.InFlight} }},
	{"latency_mean_s", "arrival to the end of the service, of those that were served", func(r *AdmissionRow) cell { return instantCell{&r.MeanLatency} }},
	{"latency_max_s", "likewise, the longest", func(r *AdmissionRow) cell { return instantCell{&r.MostLatency} }},
}

// admissionRows adds the rows of admission.csv.
func (r *Result) admissionRows(t *Tables) {
	for i := range r.Admissions {
		x := &r.Admissions[i]
		t.Admissions = append(t.Admissions, AdmissionRow{
			At: x.At, Node: r.name(x.Node), Class: x.Class.String(), Load: x.Load.String(), Offered: x.Offered, Served: x.Served,
			Shed: x.Refused[0], Rate: x.Refused[1], InFlight: x.Refused[2], MeanLatency: core.Instant(x.Mean), MostLatency: core.Instant(x.Most),
		})
	}
}
