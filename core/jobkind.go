package core

// Kinds of the job layer (spec 20 §2, where the fields stand): each request, then its reply. Their rows stand in
// jobkindrow.go, their bodies in the rooms that own the subject.
const (
	// Registration, discovery, liveness (spec 20 §2.1): core/registry.
	KindWorkerRegistration Kind = iota + KindStreamFailed + 1
	KindRegistrationResponse
	KindWorkerDiscoveryBroadcast
	KindWorkerDiscoveryAck
	KindManagerToWorkerRegistration
	KindManagerToWorkerRegistrationAck
	KindManagerPeerRegistration
	KindManagerPeerRegistrationResponse
	KindManagerRegistration
	KindManagerRegistrationResponse
	KindManagerDiscoveryBroadcast
	KindManagerDiscoveryAck
	KindGateRegistrationRequest
	KindGateRegistrationResponse
	KindWorkerHeartbeat // on a stream, when cores become free; on the worker's pings it is a block (extra.go)
	KindManagerHeartbeat
	KindManagerHeartbeatAck
	KindGateHeartbeat
	KindGateHeartbeatAck
	KindPingRequest // of a client: who are you?
	KindGatePingResponse
	KindManagerPingResponse

	// Submission (§2.2): core/job.
	KindJobSubmission
	KindJobAck
	KindContextForward
	KindContextForwardAck
	KindContextLayerSync
	KindContextLayerSyncAck
	// Progress and results (§2.3): core/job.
	KindWorkflowProgress
	KindWorkflowProgressAck
	KindJobProgressBatch
	KindJobProgressBatchAck
	KindWorkflowFinalResult
	KindWorkflowFinalResultAck
	KindWorkflowResultPush
	KindWorkflowResultPushAck
	KindJobProgress
	KindJobProgressAck
	KindWindowedStatsPush
	KindJobFinalResult
	KindJobFinalResultAck
	KindGlobalJobResult
	KindGlobalJobResultAck
	KindJobStatusPush
	KindJobStatusPushAck
	KindJobBatchPush
	KindReporterResultPush
	// Queries and callbacks (§2.7): core/job.
	KindJobStatusRequest
	KindGlobalJobStatus
	KindRegisterCallback
	KindRegisterCallbackResponse
	KindWorkflowQueryRequest
	KindWorkflowQueryResponse
	KindWorkflowStatusQuery
	KindWorkflowStatusResponse
	KindDatacenterListRequest
	KindDatacenterListResponse

	// Dispatch to workers (§2.2): core/dispatch.
	KindProvisionRequest
	KindProvisionConfirm
	KindProvisionCommit
	KindProvisionCommitAck
	KindWorkflowDispatch
	KindWorkflowDispatchAck

	// AD-34 and AD-26 (§2.4, §2.8): core/jobtimeout.
	KindJobProgressReport
	KindJobProgressReportAck
	KindJobTimeoutReport
	KindJobTimeoutReportAck
	KindJobGlobalTimeout
	KindJobGlobalTimeoutAck
	KindJobLeaderTransfer
	KindJobLeaderTransferAck
	KindJobFinalStatus
	KindJobFinalStatusAck
	KindHealthcheckExtensionRequest
	KindHealthcheckExtensionResponse

	// Cancellation (§2.5): core/cancel.
	KindJobCancelRequest
	KindJobCancelResponse
	KindWorkflowCancelRequest
	KindWorkflowCancelResponse
	KindWorkflowCancellationComplete
	KindWorkflowCancellationCompleteAck
	KindWorkflowCancellationQuery
	KindWorkflowCancellationResponse
	KindJobCancellationComplete
	KindJobCancellationCompleteAck
	KindSingleWorkflowCancelRequest
	KindSingleWorkflowCancelResponse
	KindWorkflowCancellationPeerNotification
	KindWorkflowCancellationPeerAck

	// Leaders of clusters (§2.6), datagrams: core/election.
	KindPreVoteRequest
	KindPreVoteResponse
	KindLeaderClaim
	KindLeaderVote
	KindLeaderElected
	KindLeaderHeartbeat
	KindLeaderHeartbeatAck
	KindLeaderStepdown

	// Leaders of jobs and their records (§2.6): core/replica.
	KindJobStateSync
	KindJobStateSyncAck
	KindJobReplicaFetch
	KindJobReplicaFetchResponse
	KindJobLeadershipAnnouncement
	KindJobLeadershipAck
	KindJobLeaderManagerTransfer
	KindJobLeaderManagerTransferAck
	KindJobLeaderWorkerTransfer
	KindJobLeaderWorkerTransferAck
	KindJobAdoptOffer
	KindJobAdoptOfferAck
	KindJobLeaderGateTransfer
	KindJobLeaderGateTransferAck
	KindGateJobLeaderTransfer
	KindGateJobLeaderTransferAck
	KindManagerJobLeaderTransfer
	KindManagerJobLeaderTransferAck
	KindLeaseTransfer
	KindLeaseTransferAck
	KindStateSyncRequest
	KindStateSyncResponse

	// Statistics (spec 30 §5): core/job.
	KindProgressProbe
	KindProgressProbeAck
	KindStatsUpdate
	KindStatsUpdateAck

	// Telemetry (spec 30 §5.1): the first to be shed.
	KindHealthCheck
	KindHealthCheckResponse
)
