// Package queue runs tasks with a limited number of workers.
package queue

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is returned when a task is added to a queue that is shutting down.
var ErrClosed = errors.New("queue: closed")

// A Task does one thing. It should return soon after its context is done.
type Task func(ctx context.Context) error

// Options of a queue. The zero value of a field means its default.
type Options struct {
	Workers  int           // tasks that run at once; 1
	Attempts int           // how often a task is tried; 3
	Pause    time.Duration // before the second attempt; doubles each time; 100 ms
}

func (o Options) withDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = 1
	}
	if o.Attempts <= 0 {
		o.Attempts = 3
	}
	if o.Pause <= 0 {
		o.Pause = 100 * time.Millisecond
	}
	return o
}

type entry struct {
	name string
	task Task
}

// A Result says how a task ended.
type Result struct {
	Name     string
	Attempts int
	Err      error
}

// Queue runs tasks in the order in which they were added.
type Queue struct {
	options Options
	mu      sync.Mutex
	wake    *sync.Cond
	waiting []entry
	closed  bool
	done    sync.WaitGroup
	results chan Result
}

// New starts the workers of a queue. The results must be read, or the workers stand still.
func New(ctx context.Context, options Options) *Queue {
	q := &Queue{options: options.withDefaults(), results: make(chan Result)}
	q.wake = sync.NewCond(&q.mu)
	for i := 0; i < q.options.Workers; i++ {
		q.done.Add(1)
		go q.work(ctx)
	}
	go func() {
		q.done.Wait()
		close(q.results)
	}()
	return q
}

// Results gives out one result per task, and is closed when the last worker has gone.
func (q *Queue) Results() <-chan Result { return q.results }

// Add puts a task at the end of the queue.
func (q *Queue) Add(name string, task Task) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.waiting = append(q.waiting, entry{name, task})
	q.wake.Signal()
	return nil
}

// Close lets the queue run empty and then ends the workers.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.Broadcast()
}

// Drain closes the queue at once and returns the names of the tasks that have not begun.
func (q *Queue) Drain() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	names := make([]string, 0, len(q.waiting))
	for _, waiting := range q.waiting {
		names = append(names, waiting.name)
	}
	q.waiting = nil
	q.wake.Broadcast()
	return names
}

func (q *Queue) next() (entry, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.wake.Wait()
	}
	if len(q.waiting) == 0 {
		return entry{}, false
	}
	first := q.waiting[0]
	q.waiting = q.waiting[1:]
	return first, true
}

func (q *Queue) work(ctx context.Context) {
	defer q.done.Done()
	for {
		next, ok := q.next()
		if !ok {
			return
		}
		q.results <- q.attempt(ctx, next)
	}
}

func (q *Queue) attempt(ctx context.Context, e entry) Result {
	pause := q.options.Pause
	for attempt := 1; ; attempt++ {
		err := e.task(ctx)
		if err == nil || attempt == q.options.Attempts || ctx.Err() != nil {
			return Result{Name: e.name, Attempts: attempt, Err: err}
		}
		select {
		case <-ctx.Done():
			return Result{Name: e.name, Attempts: attempt, Err: ctx.Err()}
		case <-time.After(pause):
			pause *= 2
		}
	}
}
