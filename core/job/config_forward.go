package job

import "hypersim/core"

// Forward is how managers get through to the gate that leads a job, or to another one (spec 20 §2.4, §5.7, §7.3).
type Forward struct {
	Timeout     core.Duration `key:"timeout" range:"[0.001,3600]" ref:"spec 20 §2: 5 s" doc:"how long one attempt to reach a gate waits; shorter: turns to another gate sooner, and asks slow ones twice"`
	Hop         core.Duration `key:"hop_timeout" range:"[0.001,3600]" ref:"FORWARD_TIMEOUT" doc:"how long a manager that passes a result or a cancel on waits for the job's leader; longer: gets through to slow leaders, and who sent it asks others later"`
	Base        core.Duration `key:"base" range:"[0,3600]" ref:"spec 20 §2.4: FJ(0.5, …)" doc:"longest pause before the second attempt, drawn from 0, doubled each time; longer: fewer messages to gates that are down, and later news"`
	FinalCap    core.Duration `key:"final_cap" range:"[0.001,3600]" ref:"spec 20 §2.4: FJ(0.5, 30, ∞)" doc:"no pause before an outcome is told again is longer; shorter: gates know outcomes sooner after a long cut, for more messages into it"`
	TransferCap core.Duration `key:"transfer_cap" range:"[0.001,3600]" ref:"spec 20 §2.4: FJ(0.5, 5, ∞)" doc:"the same for who leads a job, and for the end of a cancel"`
	Redirects   int           `key:"redirects" range:"[0,100]" ref:"spec 20 §12, I-JW2: 3" doc:"times that NOT_LEADER is followed in one attempt; more: gets through while jobs change hands, and circles longer where gates disagree"`
	Fails       int           `key:"origin_attempts" range:"[1,1000]" ref:"spec 20 §7.3: after 3 failures" doc:"attempts at the job's own gate before the others are asked; more: fewer detours over gates that pass it on, and later news when it is dead"`
	Ask         core.Duration `key:"unknown_ask" range:"[0.001,3600]" ref:"spec 04 no. 48: 2 s" doc:"how often the other gates are asked about a job that one of them does not know; shorter: adopted sooner, for a message to each gate each time"`
	Offer       core.Duration `key:"offer_interval" range:"[0.001,3600]" ref:"spec 20 §2.6: every report tick" doc:"pause between two offers of a job that no gate knows; shorter: adopted sooner when gates come back, for a question to each"`
	Direct      core.Duration `key:"direct_after" range:"[0.001,86400]" ref:"spec 20 §7.3: 30 s" doc:"an outcome that no gate has taken for this long is told to the client itself, for its information; longer: fewer clients hear twice"`
}
