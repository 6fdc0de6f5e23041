package federated

// Sizes in bytes of what this room keeps, held to the truth by a test.
const (
	gateBytes      = 160
	probeBytes     = 32
	siteBytes      = 160
	peerBytes      = 8
	managerBytes   = 184
	gateEntryBytes = 32
)
