package client

// Tables tells how many entries each table of this client has that is about jobs (spec 20 §11): none some time after the last job is
// over (I-JM2). Jobs go retention.client after their end, deadlines at their time, calls with their answers or last attempts.
func (c *Client) Tables(each func(table string, entries int)) {
	each("jobs", len(c.jobs))
	each("deadlines", len(c.agenda.All()))
	each("calls", c.calls.Len())
}
