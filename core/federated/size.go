package federated

// Sizes in bytes of what this room keeps, held to the truth by a test.
const (
	gateBytes      = 176
	probeBytes     = 32
	siteBytes      = 192
	peerBytes      = 8
	managerBytes   = 168
	gateEntryBytes = 32
	lifeBytes      = 8
)
