<?php

declare(strict_types=1);

namespace Example\ContactForm;

/**
 * At most so many messages from one sender in a stretch of time; older ones are forgotten.
 */
final class RateLimit
{
    /** @var array<string, list<int>> */
    private array $sent = [];

    public function __construct(
        private readonly int $most = 3,
        private readonly int $seconds = 3600,
    ) {
    }

    /** Whether one more message may pass now; if so, it is counted. */
    public function allow(string $sender, int $now): bool
    {
        // The address itself is not kept, only a hash of it.
        $key = hash('sha256', $sender);
        $recent = array_values(array_filter(
            $this->sent[$key] ?? [],
            fn (int $at): bool => $at > $now - $this->seconds,
        ));
        $allowed = count($recent) < $this->most;
        if ($allowed) {
            $recent[] = $now;
        }
        $this->sent[$key] = $recent;

        return $allowed;
    }
}
