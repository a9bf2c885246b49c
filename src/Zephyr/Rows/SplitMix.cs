namespace Zephyr.Rows;

/// <summary>
/// SplitMix64: a small random generator whose numbers are the same on every machine and in every release of .NET.
/// One 64-bit word of state; every call adds a constant and scrambles.
/// </summary>
/// <param name="seed">Any number; different seeds give unrelated sequences.</param>
/// <remarks>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", with Stafford's mix 13. Not for secrets. Not thread-safe.</remarks>
public sealed class SplitMix(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15; // 2^64 over the golden ratio, odd
    private ulong _state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        _state += Golden;
        return Scramble(_state);
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1, each equally likely (rejection, no modulo bias).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);

        // Lemire 2019: the high word of random x count is the number; a low word below 2^64 mod count would be one too many.
        var high = Math.BigMul(Next(), (ulong)count, out var low);
        if (low < (ulong)count)
        {
            for (var surplus = (0 - (ulong)count) % (ulong)count; low < surplus;)
            {
                high = Math.BigMul(Next(), (ulong)count, out low);
            }
        }

        return (int)high;
    }

    /// <summary>A multiple of 2^-53 in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with probability <paramref name="probability"/> (0 never, 1 always).</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of <paramref name="items"/>, each equally likely.</summary>
    /// <exception cref="ArgumentException">There is nothing to pick from.</exception>
    public T Pick<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Count > 0 ? items[Next(items.Count)] : throw new ArgumentException("An empty list has nothing to pick from.", nameof(items));
    }

    /// <summary>Puts <paramref name="items"/> in random order, in place; every order is equally likely (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>
    /// A seed made of a seed and positions (epoch, row, attempt ...): the same parts give the same seed, any other part or order an unrelated one.
    /// With it a random choice is a pure function of where it stands, whatever was drawn before.
    /// </summary>
    /// <example><code>var random = new SplitMix(SplitMix.Mix(seed, epoch, row));</code></example>
    public static ulong Mix(ulong seed, params ReadOnlySpan<long> parts)
    {
        var mixed = Scramble(seed + Golden);
        foreach (var part in parts)
        {
            mixed = Scramble((mixed + Golden) ^ Scramble((ulong)part + Golden));
        }

        return mixed;
    }

    /// <inheritdoc cref="Mix(ulong, ReadOnlySpan{long})"/>
    public static ulong Mix(long seed, params ReadOnlySpan<long> parts) => Mix((ulong)seed, parts);

    private static ulong Scramble(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
