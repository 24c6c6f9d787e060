package chat

import (
	"context"
	"slices"
	"sync"
	"time"

	"teahouse/internal/faults"
)

// LimitOutbox is how many messages of a user may wait on a replica to be
// posted, whatever the sessions they were sent from.
const LimitOutbox = 100

// What was posted comes back by the feed at once. Where it has not for
// bringTime it may be lost, and is posted again; but only while storage surely
// knows its key still, for againFor. Mostly it comes as soon as the answer.
const (
	soon      = time.Millisecond
	bringTime = 2 * time.Second
	againFor  = 10 * time.Minute
)

// Pending is a message that its author sees and others do not yet.
type Pending struct {
	Draft
	// Refused says why the message cannot be posted; until it is retried or
	// dropped it holds up nothing.
	Refused error
	// Posted is the number that it got; its feed has not brought it here yet.
	Posted MessageID
	// Due is when slow mode lets the message in, where it had to wait for that.
	Due time.Time

	at    time.Time // when it was posted first
	retry time.Time // not to be posted before
}

// outbox posts a session's messages one after the other, in the order in
// which they were sent. Its goroutine exists only while something waits.
type outbox struct {
	sess *Session
	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	queue   []*Pending
	running bool
	closed  bool
	stirred chan struct{} // of size one: something came, or the session ends
}

func newOutbox(sess *Session) *outbox {
	ctx, stop := context.WithCancel(context.WithoutCancel(sess.hub.ctx))
	return &outbox{sess: sess, ctx: ctx, stop: stop, stirred: make(chan struct{}, 1)}
}

// Send puts a message on its way and returns at once; Pending tells what
// became of it. CodeInvalid: the text breaks a rule. CodeTooFast: too much is
// waiting already. In both cases nothing was taken.
func (s *Session) Send(room RoomID, kind Kind, body string) error {
	return s.send(room, kind, body, 0)
}

// Reply sends a text that answers a message of the room, with the promises of
// Send.
func (s *Session) Reply(room RoomID, to MessageID, body string) error {
	return s.send(room, KindText, body, to)
}

func (s *Session) send(room RoomID, kind Kind, body string, to MessageID) error {
	d, err := s.svc.Compose(s.User(), room, kind, body)
	if err != nil {
		return err
	}
	d.ReplyTo = to
	s.typesNoMore(room)
	return s.out.add(&Pending{Draft: d})
}

// Pending lists what was sent to the room and is not in its feed yet.
func (s *Session) Pending(room RoomID) []Pending { return s.out.list(room) }

// Drop takes back a refused message and returns its text.
func (s *Session) Drop(key string) (body string, ok bool) { return s.out.drop(key) }

func (o *outbox) add(p *Pending) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return Errorf(CodeRefused, "this session is ending")
	}
	if !o.quota().take(p.From) {
		return Errorf(CodeTooFast, "%d of your messages are still waiting to be sent; this one stays here until there is room", LimitOutbox)
	}
	o.prune()
	o.queue = append(o.queue, p)
	o.sess.hub.mark(o.sess)
	o.start()
	return nil
}

func (o *outbox) start() {
	o.stir()
	if !o.running {
		o.running = true
		o.work.Go(func() {
			defer o.sess.hub.panics.Recover("an outbox", o.broke, "user", o.sess.owner)
			o.run()
		})
	}
}

// broke ends the session: nobody can tell what became of what it sent last.
func (o *outbox) broke(cause error) {
	o.mu.Lock()
	o.running, o.closed = false, true
	o.mu.Unlock()
	o.sess.end(Broken(cause))
}

func (p *Pending) posted(id MessageID, now time.Time) {
	p.Posted = id
	if p.at.IsZero() {
		p.at = now
	}
}

// again posts once more what was posted and does not come: storage may have
// lost it right behind its answer. Where it did not, that changes nothing.
func (o *outbox) again(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.queue {
		age := now.Sub(p.at)
		if p.Posted > 0 && age > bringTime && age < againFor && !o.brought(p) && !o.closed {
			p.Posted = 0
			o.start()
		}
	}
}

// brought tells whether the feed has the message, or nobody waits for it here
// any more.
func (o *outbox) brought(p *Pending) bool {
	f := o.sess.feedOf(p.Room)
	return f == nil || f.brought(p.Posted, p.Key)
}

// came is brought of what may not have been answered yet.
func (o *outbox) came(p *Pending) bool {
	if f := o.sess.feedOf(p.Room); f != nil && p.Posted == 0 && p.Refused == nil {
		if id := f.find(p.Key); id > 0 {
			p.posted(id, time.Now())
		}
	}
	return p.Posted > 0 && o.brought(p)
}

// prune forgets what was posted to rooms that nobody looks at, where list does
// not do it.
func (o *outbox) prune() {
	if len(o.queue) < 2*LimitOutbox {
		return
	}
	o.queue = slices.DeleteFunc(o.queue, func(p *Pending) bool { return p.Posted > 0 })
}

func (o *outbox) isEmpty() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) == 0
}

// waiting counts what is neither posted nor refused.
func (o *outbox) waiting() (n int) {
	for _, p := range o.queue {
		if p.Refused == nil && p.Posted == 0 {
			n++
		}
	}
	return n
}

func (o *outbox) run() {
	for p := o.next(); p != nil; p = o.next() {
		if wait := time.Until(p.retry); wait > 0 {
			o.rest(wait)
			continue
		}
		m, err := o.deliver(p)
		if o.hold(p, WaitOf(err)) {
			continue
		}
		o.mu.Lock()
		if err != nil {
			p.Refused = err
		} else {
			p.posted(m.ID, time.Now())
		}
		o.mu.Unlock()
		o.quota().give(p.From, 1)
		if err != nil || !o.awaitNews(p) {
			o.sess.Nudge()
		}
	}
}

// awaitNews waits a moment for the feed to bring what was posted, which wakes the
// session, and tells whether it has.
func (o *outbox) awaitNews(p *Pending) bool {
	if !o.brought(p) {
		o.rest(soon)
	}
	return o.brought(p)
}

func (o *outbox) deliver(p *Pending) (*Message, error) {
	faults.At("outbox", p.Body)
	if p.Due.IsZero() {
		if err := o.sess.svc.Pace(o.ctx, p.From); err != nil {
			return nil, err
		}
	}
	return o.sess.svc.Deliver(o.ctx, p.Draft)
}

// next returns the oldest message that waits and need not wait for slow mode,
// or else the one that waits for it the shortest; nil ends the goroutine.
func (o *outbox) next() *Pending {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.first()
	if p != nil && o.ctx.Err() == nil && (!o.closed || time.Now().After(p.retry)) {
		return p
	}
	o.running = false
	return nil
}

// list forgets what the feed has brought meanwhile, be it before the answer came,
// and returns the rest.
func (o *outbox) list(room RoomID) []Pending {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = slices.DeleteFunc(o.queue, func(p *Pending) bool { return p.Room == room && o.came(p) })
	var waiting []Pending
	for _, p := range o.queue {
		if p.Room == room {
			waiting = append(waiting, *p)
		}
	}
	return waiting
}

func (o *outbox) drop(key string) (body string, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.queue, func(p *Pending) bool { return p.Key == key && p.Refused != nil })
	if i < 0 {
		return "", false
	}
	body = o.queue[i].Body
	o.queue = slices.Delete(o.queue, i, i+1)
	return body, true
}

// close takes nothing more and waits until all is posted or ctx ends. It gives
// what is given up then, or at once because it would wait for slow mode, and
// what was refused.
func (o *outbox) close(ctx context.Context) (unsent []Pending) {
	o.mu.Lock()
	o.closed = true
	o.stir()
	o.mu.Unlock()
	stop := context.AfterFunc(ctx, o.stop)
	defer stop()
	o.work.Wait()
	o.stop()
	return o.abandon()
}

// abandon gives up what is not posted.
func (o *outbox) abandon() (unsent []Pending) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.quota().give(o.sess.owner, o.waiting())
	for _, p := range o.queue {
		if p.Posted == 0 {
			unsent = append(unsent, *p)
		}
	}
	o.queue = nil
	return unsent
}

func (o *outbox) quota() *quota { return o.sess.svc.queue }
