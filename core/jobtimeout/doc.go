// Package jobtimeout ends jobs that take too long: detection at managers, decision at gates (spec 20 §6, AD-34), and
// the extensions that workers ask for (AD-26).
//
// Three machines, none of which sends a message by itself, knows a clock, or keeps anything of a job but its times:
//
//	Manager   the jobs that a manager leads: when each may take no longer, what is said of it to its gate
//	Gate      the jobs that a gate leads: what each datacenter said, when all of it is to end, who knows that already
//	Tracker   one worker's extensions at a manager
//
// # A manager's part
//
// A role has one Manager and implements ManagerOwner. It calls, each within the event that it is about:
//
//	Start      at acceptance (M7): with a gate the job is coordinated by it, without one the manager decides alone
//	Resume     after a takeover (T7), with the Snapshot of the entry and how old that is
//	Progress   for whatever counts as progress (§3.3): a transition of a workflow, a counter that grew
//	Extended   for each job of a worker, when it was granted more time; Cleanup when it has no shard of a job any more
//	SetGate    when another gate leads the job (U7); Contact whenever a gate that knows the job answers anything
//	Answered   for each answer to a report; what it returns is the role's to do
//	Recheck    when the lease of a job is valid again
//	Applied    when TIMEOUT is committed, Stop when the job ended otherwise, Drop when it is forgotten or lost (J29)
//	Judge      for a JobGlobalTimeout, and Command when that says Apply
//	Snapshot   for the entry that is replicated
//
// and is called back for what it knows of the job (Course), for a report that is to be sent (Report), and for a decision
// (Decide): it takes TIMEOUT as the pending decision, commits it, tells nobody before (03-13), and calls Applied.
//
// # A gate's part
//
// A role has one Gate and implements GateOwner: Start at G9, Resume at U6, the On… methods for the messages of AD-34, which
// return the answer, Final when a datacenter's outcome was committed, Declared when its own TIMEOUT was, Stop when the job
// ended otherwise. It is called back for a decision (Decide), for a datacenter that is lost (LoseSite), and for a command to be
// sent (Send).
//
// # When
//
// In mode poll a node looks at all its jobs every interval, from a phase of its own on; in mode exact each job has a timer
// at the earliest instant at which a rule can become true. Reports, and at gates silence and loss of a datacenter, have
// timers of their own in both modes (J32, 04-40). Checks come before reports, and timers before messages: a grant that
// arrives at the instant of a check is too late for it (§6.9).
//
// # A job that takes too long, told as a story
//
//  1. Its datacenter's leader sees that it ran longer than its time and all extensions, or that nothing got on for two
//     minutes. It tells the gate, says so in each report until the gate said OK, and goes on: the gate has the say.
//  2. If the job gets on again, or a worker is granted more time, the manager takes it back.
//  3. The gate ends the job if it ran out of time as a whole, if no datacenter that it hears of gets on, or if most have
//     timed out. It commits that, tells the client, and tells each datacenter until it knows that it heard.
//  4. A datacenter that was cut off learns it from the answer to its next report, whatever that was about (J7).
//  5. One that hears of no gate for five minutes after its own detection ends its part alone.
package jobtimeout
