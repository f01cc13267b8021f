<?php

declare(strict_types=1);

namespace Example\ContactForm;

/**
 * What somebody wrote, checked. An object of this class is always fit to be sent.
 */
final class Message
{
    public const LONGEST = 5000;

    private function __construct(
        public readonly string $name,
        public readonly string $address,
        public readonly string $text,
    ) {
    }

    /**
     * @param array<string, mixed> $fields as they came with the request
     * @return self|array<string, string> the message, or what is wrong, by field
     */
    public static function read(array $fields): self|array
    {
        $name = self::line($fields['name'] ?? '');
        $address = self::line($fields['address'] ?? '');
        $text = trim((string) ($fields['text'] ?? ''));

        $wrong = [];
        if ($name === '') {
            $wrong['name'] = 'Please say who you are.';
        }
        if (filter_var($address, FILTER_VALIDATE_EMAIL) === false) {
            $wrong['address'] = 'This is not an address we could answer to.';
        }
        if ($text === '') {
            $wrong['text'] = 'There is nothing to send.';
        } elseif (mb_strlen($text) > self::LONGEST) {
            $wrong['text'] = sprintf('Please stay under %d characters.', self::LONGEST);
        }

        return $wrong === [] ? new self($name, $address, $text) : $wrong;
    }

    /** One line without control characters, so that nobody can add headers to our mail. */
    private static function line(mixed $value): string
    {
        return trim((string) preg_replace('/[\x00-\x1f\x7f]+/', ' ', (string) $value));
    }
}
