// Package workload draws jobs: when they arrive, at which client, what shape they have, and what their payloads do.
//
// In: a Spec for each workload. Out: instants (Arrivals), jobs (Spec.Draw), and scripts (Spec.Script).
//
// Every draw is keyed by the workload's name and the job's number in it, its duration also by the workflow's number. So
// nothing that another workload draws changes it, and nothing needs to be kept: the payload of a workflow names the
// workload, the job and the workflow (Payload), and its script is drawn anew whenever a shard of it starts. An attempt
// that runs again runs the same script.
//
//	workload.arrival   (workload)                 gaps between jobs
//	workload.shape     (workload, job)            client, which job of the mix
//	workload.duration  (workload, job, workflow)  how long it takes
//	workload.repeat    (workload, job)            whether it is handed in again, and when
//	workload.fate      (workload, job, workflow)  whether it is stuck, fails or is slow
package workload
