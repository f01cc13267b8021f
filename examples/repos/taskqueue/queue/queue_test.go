package queue

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestTriesAgainUntilItWorks(t *testing.T) {
	q := New(context.Background(), Options{Attempts: 3, Pause: time.Microsecond})
	calls := 0
	if err := q.Add("flaky", func(context.Context) error {
		calls++
		if calls < 3 {
			return errors.New("not yet")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	q.Close()
	result := <-q.Results()
	if result.Err != nil || result.Attempts != 3 {
		t.Errorf("got %+v, want success at the third attempt", result)
	}
}

func TestGivesUpAfterTheLastAttempt(t *testing.T) {
	q := New(context.Background(), Options{Attempts: 2, Pause: time.Microsecond})
	broken := errors.New("broken")
	_ = q.Add("broken", func(context.Context) error { return broken })
	q.Close()
	if result := <-q.Results(); !errors.Is(result.Err, broken) || result.Attempts != 2 {
		t.Errorf("got %+v", result)
	}
}

func TestDrainHandsBackWhatHasNotBegun(t *testing.T) {
	q := New(context.Background(), Options{Workers: 1})
	started, finish := make(chan struct{}), make(chan struct{})
	_ = q.Add("running", func(context.Context) error { close(started); <-finish; return nil })
	_ = q.Add("waiting", func(context.Context) error { return nil })
	<-started
	left := q.Drain()
	close(finish)
	if len(left) != 1 || left[0] != "waiting" {
		t.Errorf("Drain() = %v", left)
	}
	if err := q.Add("late", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Add after Drain: %v", err)
	}
	for range q.Results() {
	}
}
