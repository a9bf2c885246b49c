using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Zephyr.Feedback;

/// <summary>
/// Python's <c>random.Random</c> (Mersenne Twister 19937), as far as published scripts drew with it:
/// with the same seed it gives their numbers, so that their choices can be followed row by row.
/// </summary>
/// <remarks>Source: Matsumoto and Nishimura 1998, <c>init_by_array</c>; Python's documented <c>randrange</c> takes the top bits of one 32-bit output. Not thread-safe.</remarks>
public sealed class PythonRandom
{
    private const int Length = 624;
    private const int Offset = 397;
    private readonly uint[] _state = new uint[Length];
    private int _position = Length;

    /// <summary>As <c>random.Random(seed)</c>.</summary>
    /// <param name="seed">Python takes the absolute value; so does this.</param>
    public PythonRandom(long seed)
        : this(Words((BigInteger)Math.Abs((decimal)seed)))
    {
    }

    private PythonRandom(uint[] key) => Seed(key);

    /// <summary>As <c>random.Random("text")</c>: the UTF-8 bytes and their SHA-512 digest, read as one big-endian integer.</summary>
    public static PythonRandom FromText(string seed)
    {
        var bytes = Encoding.UTF8.GetBytes(seed);
        return new(Words(new BigInteger([.. bytes, .. SHA512.HashData(bytes)], isUnsigned: true, isBigEndian: true)));
    }

    /// <summary>As <c>getrandbits(32)</c>.</summary>
    public uint NextBits()
    {
        if (_position == Length)
        {
            Twist();
        }

        var bits = _state[_position++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9D2C5680;
        bits ^= (bits << 15) & 0xEFC60000;
        return bits ^ (bits >> 18);
    }

    /// <summary>As <c>random()</c>: a multiple of 2^-53 in [0, 1).</summary>
    public double NextDouble()
    {
        var high = NextBits() >> 5;
        var low = NextBits() >> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// <summary>As <c>randrange(count)</c>: 0 to <paramref name="count"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var bits = 32 - BitOperations.LeadingZeroCount((uint)count);
        uint drawn;
        do
        {
            drawn = NextBits() >> (32 - bits);
        }
        while (drawn >= count);
        return (int)drawn;
    }

    private static uint[] Words(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true);
        Array.Resize(ref bytes, Math.Max(4, (bytes.Length + 3) / 4 * 4));
        return [.. Enumerable.Range(0, bytes.Length / 4).Select(word => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4 * word)))];
    }

    private void Seed(uint[] key)
    {
        _state[0] = 19650218;
        for (var i = 1; i < Length; i++)
        {
            _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
        }

        var (at, word) = (1, 0);
        for (var left = Math.Max(Length, key.Length); left > 0; left--)
        {
            _state[at] = (_state[at] ^ ((_state[at - 1] ^ (_state[at - 1] >> 30)) * 1664525)) + key[word] + (uint)word;
            word = (word + 1) % key.Length;
            at = Step(at);
        }

        for (var left = Length - 1; left > 0; left--)
        {
            _state[at] = (_state[at] ^ ((_state[at - 1] ^ (_state[at - 1] >> 30)) * 1566083941)) - (uint)at;
            at = Step(at);
        }

        _state[0] = 0x80000000;
    }

    /// <summary>The next place, from the end back to 1 with the last word carried to 0.</summary>
    private int Step(int at)
    {
        if (at < Length - 1)
        {
            return at + 1;
        }

        _state[0] = _state[Length - 1];
        return 1;
    }

    private void Twist()
    {
        for (var i = 0; i < Length; i++)
        {
            var joined = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7FFFFFFF);
            _state[i] = _state[(i + Offset) % Length] ^ (joined >> 1) ^ ((joined & 1) * 0x9908B0DF);
        }

        _position = 0;
    }
}
